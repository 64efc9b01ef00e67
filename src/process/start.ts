import { systemClock } from "../adapters/clock.ts";
import { run } from "../cli/run.ts";
import type { Invocation } from "../cli/invocation.ts";
import { QboError } from "../core/errors.ts";
import { openStderr, openStdout } from "./outputs.ts";
import type { DoorSetting, RareDoors } from "./rare-doors.ts";
import { openWorld } from "./world.ts";

declare const __QBO_VERSION__: string;

const version = __QBO_VERSION__;

export interface StartOptions {
  parse(this: void, argv: readonly string[], version: string): Promise<Invocation>;
  openRareDoors(this: void, setting: DoorSetting): RareDoors;
}

/** Runs the program in this process: its arguments, its streams, its signals, its exit code. */
export async function start({ parse, openRareDoors }: StartOptions): Promise<void> {
  const interruption = listenForSignals();
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
    openWorld: (globals) => openWorld({ globals, version, interruption, openRareDoors }),
  });
}

/** The first signal lets the program finish what must not be torn; a second one ends it at once. */
function listenForSignals(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort(new QboError("CANCELLED", `Interrupted by ${signal}.`));
    });
  }
  return controller.signal;
}
