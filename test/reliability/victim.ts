import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { buildEnvironment, type RunOptions } from "../e2e/qbo-process.ts";

/** A process of the program that is going to be killed, or suspended, at a moment of the test's choice. */
export interface Victim {
  readonly pid: number;
  /** All that it printed so far, as it came. */
  told(): string;
  printed(): { stdout: string; stderr: string };
  /** Resolves with the match; with undefined when the process ended before. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray | undefined>;
  signal(name: NodeJS.Signals): void;
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

export interface VictimOptions extends RunOptions {
  /** The file that Node runs: the built program, or the stepping one. */
  program: string;
}

const patienceMs = 90_000;

/** Starts the program; with STOP_AT or a signal it is ended by whoever started it. */
export function startVictim(args: readonly string[], options: VictimOptions): Victim {
  const child = spawn(process.execPath, [options.program, ...args], {
    env: buildEnvironment(options),
    cwd: options.home.folder,
  });
  let told = "";
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      told += text;
      printed[name] += text;
      child.emit("told");
    });
  child.stdin.on("error", () => undefined).end(options.stdin ?? "");
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  // A process is over a moment before the last that it printed was read.
  let hasClosed = false;
  const ended = once(child, "close").then(() => {
    hasClosed = true;
    clearTimeout(timer);
    child.emit("told");
    return child.exitCode;
  });
  return {
    pid: child.pid ?? 0,
    told: () => told,
    printed: () => printed,
    waitFor: (pattern) =>
      waitFor(
        child,
        () => pattern.exec(told),
        () => hasClosed,
      ),
    signal: (name) => void child.kill(name),
    ended,
  };
}

async function waitFor<T>(child: ChildProcess, find: () => T | null, hasEnded: () => boolean): Promise<T | undefined> {
  for (;;) {
    const found = find();
    if (found !== null) return found;
    if (hasEnded()) return undefined;
    await once(child, "told");
  }
}

/** Bundles `stepping-program.ts` into one file that Node can run; `remove` takes it away again. */
export async function bundleSteppingProgram(): Promise<{ program: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "qbo-stepping-"));
  const program = join(folder, "qbo.cjs");
  await build({
    entryPoints: [join(import.meta.dirname, "stepping-program.ts")],
    outfile: program,
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20.19",
    // Native; these tests keep to the file store.
    external: ["keytar"],
    logLevel: "error",
  });
  return { program, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
