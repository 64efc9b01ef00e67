import process from "node:process";
import { run } from "./cli/run.ts";
import { QboError } from "./core/errors.ts";
import type { DemoOptions, DemoReport } from "./core/world.ts";
import { keychainProbeWord } from "./stores.ts";
import { openWorld } from "./world.ts";

declare const __QBO_VERSION__: string;

const version = __QBO_VERSION__;

/** A second signal, or a closed pipe, ends the program at once; the first lets it finish what must not be torn. */
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

/** `qbo status | head -1` closes the pipe: what is left to write has no reader, and that is no error. */
function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit();
    });
  }
}

async function main(): Promise<void> {
  const [, , ...argv] = process.argv;
  if (argv[0] === keychainProbeWord) {
    const { runKeychainProbe } = await import("./adapters/vault/keychain-probe.ts");
    return runKeychainProbe();
  }
  endQuietlyOnClosedPipe();
  const interruption = listenForSignals();
  process.exitCode = await run(argv, {
    version,
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => Date.now(),
    openWorld: (globals) =>
      openWorld({ globals, version, interruption, runDemo: (options) => runDemo(options, interruption) }),
  });
}

async function runDemo(options: DemoOptions, interruption: AbortSignal): Promise<DemoReport> {
  const { demo } = await import("./demo/demo.ts");
  return demo({ ...options, version, interruption });
}

void main();
