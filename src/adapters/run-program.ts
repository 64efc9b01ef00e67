import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import { isatty } from "node:tty";
import { QboError } from "../core/errors.ts";
import type { ProgramRun, RunProgram } from "../core/ports.ts";
import { makePrintable } from "../core/printable.ts";
import { quoteForShell } from "../core/shell-word.ts";

/** From now on, signals to this process go to `receive` and change nothing else, until what it answers is called. */
export type DivertSignals = (receive: (signal: NodeJS.Signals) => void) => () => void;

export interface RunProgramOptions {
  platform: NodeJS.Platform;
  divertSignals: DivertSignals;
}

/** Runs programs in the place of this process. */
export function createRunProgram(options: RunProgramOptions): RunProgram {
  return async (run) => {
    const child: { process?: ChildProcess } = {};
    const isSharedByTerminal = hasTerminal();
    const restore = options.divertSignals((signal) => {
      // Ctrl-C and Ctrl-\ have reached the program already; twice would be a second press of the key.
      const isFromKey = isSharedByTerminal && (signal === "SIGINT" || signal === "SIGQUIT");
      if (!isFromKey) child.process?.kill(signal);
    });
    try {
      child.process = start(run);
      return await awaitEnd(child.process);
    } catch (error) {
      throw explain(error, run.program, options.platform);
    } finally {
      restore();
    }
  };
}

/** Whether this process has a terminal, whose keys for signals reach every program in its foreground, wherever the streams lead. */
function hasTerminal(): boolean {
  if ([0, 1, 2].some((descriptor) => isatty(descriptor))) return true;
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    // Neither a service nor a job of cron has one.
    return false;
  }
}

function start({ program, args, env }: ProgramRun): ChildProcess {
  return spawn(program, args, { env, stdio: "inherit" });
}

function awaitEnd(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    // A program that could not be started ends before it began; what comes later, such as a signal that came too late, changes nothing.
    child.once("error", reject).on("error", () => undefined);
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "it may not be executed",
  EPERM: "the system does not permit it",
  E2BIG: "its arguments and its environment are too long",
  ENOEXEC: "it is no program of this system",
  EINVAL: "it cannot be started without a shell",
  EISDIR: "it is a folder",
  ENOMEM: "there is not enough memory",
  EAGAIN: "too many processes are running",
};

/** The exit codes are those of shells and of `env` (POSIX, "Exit Status for Commands"). */
function explain(error: unknown, program: string, platform: NodeJS.Platform): unknown {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === undefined) return error;
  const name = makePrintable(program, 100);
  if (code === "ENOENT" || code === "ENOTDIR")
    return new QboError("PROGRAM_NOT_FOUND", `The program ${name} was not found, or what its first line names.`, {
      hint: adviseOnMissing(program, platform),
      cause: error,
    });
  return new QboError("PROGRAM_NOT_RUNNABLE", `${name} could not be started: ${reasons[code] ?? code}.`, {
    hint: adviseOnRefused(program, platform),
    cause: error,
  });
}

const windowsHint = "A .cmd or .bat file is run by the command interpreter: qbo exec -- cmd /c <file>";

/** A name without a slash was found in a folder of PATH, of which the system tells nothing. */
function adviseOnRefused(program: string, platform: NodeJS.Platform): string {
  if (platform === "win32") return windowsHint;
  return program.includes("/")
    ? `Look at its permissions: ls -ld ${quoteForShell(makePrintable(program, 300))}`
    : "Look at the permissions of what has this name in the folders of PATH.";
}

function adviseOnMissing(program: string, platform: NodeJS.Platform): string {
  if (platform === "win32") return windowsHint;
  return /\s/.test(program)
    ? "No shell takes the words apart: give each by itself, or run: qbo exec -- sh -c '…'"
    : "Check its name, and the folders in PATH.";
}
