import { systemClock } from "../adapters/clock.ts";
import type { DivertSignals } from "../adapters/run-program.ts";
import { run, type Done } from "../cli/run.ts";
import type { Invocation } from "../cli/invocation.ts";
import { QboError } from "../core/errors.ts";
import { openStderr, openStdout } from "./outputs.ts";
import type { DoorSetting, RareDoors } from "./rare-doors.ts";
import { openWorld } from "./world.ts";

declare const __QBO_VERSION__: string;

/** Of this program. */
export const version = __QBO_VERSION__;

export interface StartOptions {
  parse(this: void, argv: readonly string[], version: string): Promise<Invocation>;
  openRareDoors(this: void, setting: DoorSetting): RareDoors;
  afterAnswer?(this: void, done: Done): Promise<void>;
}

/** Runs the program in this process: its arguments, its streams, its signals, its exit code. */
export async function start({ parse, openRareDoors, afterAnswer }: StartOptions): Promise<void> {
  const signals = listenForSignals();
  process.exitCode = await run(process.argv.slice(2), {
    version,
    env: process.env,
    stdout: openStdout(),
    // Opening a stream takes time, and a run that is told nothing on stderr need not open it.
    get stderr() {
      return openStderr();
    },
    now: () => systemClock.now(),
    parse,
    openWorld: (globals) => openWorld({ globals, version, ...signals, openRareDoors }),
    ...(afterAnswer ? { afterAnswer } : {}),
  });
}

/** Left alone they would end this process beneath the program; SIGUSR1 would open Node.js's debugger on what holds the token. */
const foreign = ["SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

interface Signals {
  interruption: AbortSignal;
  divertSignals: DivertSignals;
}

const ending = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * The first signal lets the program finish what must not be torn; a second one ends it at once, or, where a file system keeps Node.js waiting on
 * its way out, a third one. While another program has its place, all of them are that program's, and so are those which nobody here listens to
 * otherwise.
 */
function listenForSignals(): Signals {
  const controller = new AbortController();
  const current: { receive?: (signal: NodeJS.Signals) => void } = {};
  for (const signal of ending) {
    process.on(signal, () => {
      if (current.receive) return current.receive(signal);
      if (controller.signal.aborted) {
        for (const each of ending) process.removeAllListeners(each);
        process.exit(130);
      }
      controller.abort(new QboError("CANCELLED", `Interrupted by ${signal}.`));
    });
  }
  return {
    interruption: controller.signal,
    divertSignals(receive) {
      current.receive = receive;
      for (const signal of foreign) process.on(signal, receive);
      return () => {
        delete current.receive;
        for (const signal of foreign) process.off(signal, receive);
      };
    },
  };
}
