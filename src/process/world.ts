import { createNotices, type NoticesOptions } from "../adapters/notices/notices.ts";
import { readAllOfStdin } from "../adapters/input.ts";
import { createPrompter, type PrompterOptions } from "../adapters/prompter/prompter.ts";
import { systemClock } from "../adapters/clock.ts";
import type { DivertSignals } from "../adapters/run-program.ts";
import type { Globals } from "../cli/globals.ts";
import { isCi, judgeTerminal } from "../cli/terminal.ts";
import type { World } from "../core/world.ts";
import { assembleWorld, layFoundation } from "./assemble-world.ts";
import { openWhenUsed } from "./open-when-used.ts";
import { openStderr } from "./outputs.ts";
import type { DoorSetting, RareDoors } from "./rare-doors.ts";

export interface WorldOptions {
  globals: Globals;
  version: string;
  interruption: AbortSignal;
  divertSignals: DivertSignals;
  openRareDoors(this: void, setting: DoorSetting): RareDoors;
}

/** The real doors of this process, with the person at its terminal. */
export function openWorld({ globals, version, interruption, divertSignals, openRareDoors }: WorldOptions): World {
  // A snapshot: opening a browser takes secrets out of the process' own environment for a moment.
  const env = { ...process.env };
  const person = openPerson(env, globals);
  const notices = openWhenUsed(() => createNotices(person));
  return assembleWorld(layFoundation({ env, notices }), {
    version,
    interruption,
    openRareDoors: (setting) => openRareDoors({ ...setting, divertSignals }),
    prompter: openWhenUsed(() => createPrompter(person, interruption)),
    trace: globals.debug ? (line) => notices.warn(line) : undefined,
    readStdin: () => readAllOfStdin(process.stdin, interruption),
  });
}

/**
 * The person at the terminal, if there is one. Opening a stream takes time, so each is opened when it is first asked for: a script that gets its
 * token is told nothing and asked nothing.
 */
function openPerson(env: NodeJS.ProcessEnv, globals: Globals): NoticesOptions & PrompterOptions {
  return {
    isQuiet: globals.quiet,
    clock: systemClock,
    interrupt: () => void process.emit("SIGINT"),
    get stdin() {
      return process.stdin;
    },
    get stderr() {
      return openStderr();
    },
    get isAnimated() {
      return judgeTerminal(openStderr(), { env, color: globals.color }).isAnimated;
    },
    get hasColor() {
      return judgeTerminal(openStderr(), { env, color: globals.color }).hasColor;
    },
    get columns() {
      const { isTerminal, columns } = judgeTerminal(openStderr(), { env, color: globals.color });
      return isTerminal ? columns : undefined;
    },
    get canAsk() {
      return globals.input && !isCi(env) && process.stdin.isTTY && openStderr().isTTY;
    },
  };
}
