import { homedir, hostname } from "node:os";
import { createClientRegistry } from "../adapters/clients.ts";
import { systemClock } from "../adapters/clock.ts";
import { createConfigFiles } from "../adapters/config-files/config-files.ts";
import { createFactsStore } from "../adapters/facts.ts";
import { readAllOfStdin, readNamedFile } from "../adapters/input.ts";
import { createJournal } from "../adapters/journal.ts";
import { createLock } from "../adapters/lock/lock.ts";
import { createNotices, type NoticesOptions } from "../adapters/notices/notices.ts";
import { findPaths, type Paths } from "../adapters/paths.ts";
import { createPrompter, type PrompterOptions } from "../adapters/prompter/prompter.ts";
import { systemRandom } from "../adapters/random.ts";
import { createRescueFiles } from "../adapters/rescue-files.ts";
import type { DivertSignals } from "../adapters/run-program.ts";
import type { Globals } from "../cli/globals.ts";
import { isCi, judgeTerminal } from "../cli/terminal.ts";
import type { Notices } from "../core/ports.ts";
import type { ConfigFiles } from "../core/config.ts";
import type { World } from "../core/world.ts";
import { openStderr } from "./outputs.ts";
import type { DoorSetting, RareDoors } from "./rare-doors.ts";
import { openStores } from "./stores.ts";
import { openTeamKeeping, openTeams, shareMemory } from "./team.ts";

export interface WorldOptions {
  globals: Globals;
  version: string;
  interruption: AbortSignal;
  divertSignals: DivertSignals;
  openRareDoors(this: void, setting: DoorSetting): RareDoors;
}

/** The real doors of this process. What costs time to open is opened when it is asked for. */
export function openWorld({ globals, version, interruption, divertSignals, openRareDoors }: WorldOptions): World {
  const { platform: os, pid } = process;
  // A snapshot: opening a browser takes secrets out of the process' own environment for a moment.
  const env = { ...process.env };
  const paths = findPaths(env, os);
  const person = openPerson(env, globals);
  const notices = createNotices(person);
  const host = hostname();
  const lock = createLock({ folder: paths.locks, clock: systemClock, host, pid, random: systemRandom });
  const configFiles = openConfigFiles(paths, notices);
  const openTeam = openTeams({ env, configFiles, clock: systemClock, host, pid });
  const storeParts = { paths, env, configFiles, lock, notices, openTeam };
  return {
    env,
    platform: { os, hostname: host, pid, version },
    clock: systemClock,
    random: systemRandom,
    notices,
    prompter: createPrompter(person, interruption),
    interruption,
    configFiles,
    ...shareMemory(
      {
        facts: createFactsStore({ folder: paths.connections }),
        journal: createJournal({ folder: paths.state, clock: systemClock, host, pid }),
        clients: createClientRegistry({ folder: paths.clients }),
      },
      { env, configFiles, notices, openTeam },
    ),
    rescue: createRescueFiles({ folder: paths.rescue }),
    openStore: openStores(storeParts),
    ...openTeamKeeping(openTeam),
    ...openIntuit({ paths, env, version, trace: globals.debug ? (line) => notices.warn(line) : undefined }),
    ...openRareDoors({ paths, env, os, host, version, interruption, divertSignals, storeParts }),
    readStdin: () => readAllOfStdin(process.stdin, interruption),
    readFile: readNamedFile,
  };
}

function openConfigFiles({ config: folder, systemConfig: systemPath }: Paths, notices: Notices): ConfigFiles {
  return createConfigFiles({
    folder,
    systemPath,
    place: { workingFolder: findWorkingFolder(), home: homedir() },
    uid: process.getuid?.(),
    warn: (text) => notices.warn(text),
  });
}

/** It may have been removed while a shell is still in it. */
function findWorkingFolder(): string | undefined {
  try {
    return process.cwd();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
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

interface IntuitParts {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  version: string;
  trace: ((line: string) => void) | undefined;
}

/** The way to Intuit. The HTTP client is heavy, and most runs do not need it. */
function openIntuit({ paths, env, version, trace }: IntuitParts): Pick<World, "http" | "certificates"> {
  return {
    async http() {
      const { createHttp } = await import("../adapters/http/http.ts");
      return createHttp({ env, version, ...(trace ? { trace } : {}) });
    },
    async certificates() {
      const { createCertificates } = await import("../adapters/certificate/certificates.ts");
      return createCertificates({ folder: paths.certificates, clock: systemClock });
    },
  };
}
