import type { ChildProcess } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { QboError } from "../../core/errors.ts";
import { withoutSettings } from "./child-environment.ts";
import { withDeadline } from "./deadline.ts";

export interface HelperProgramOptions {
  /** What follows `docker-credential-`. */
  helper: string;
  environment: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
}

/** What the program did: everything it said is of foreign origin, and may be secret. */
export interface HelperAnswer {
  /** The exit status; null when a signal ended it. */
  status: number | null;
  /** The signal that ended it. */
  signal: NodeJS.Signals | null;
  stdout: string;
  /** The beginning of it. */
  stderr: string;
}

/** Why there is no answer. */
export type HelperSilence = "late" | "too-much" | "not-started";

/** The program gave no answer that could be looked at. */
export class HelperSilent extends Error {
  readonly silence: HelperSilence;

  constructor(silence: HelperSilence, cause?: unknown) {
    super(`the helper gave no answer: ${silence}`, cause === undefined ? undefined : { cause });
    this.silence = silence;
  }
}

const mostAnswerBytes = 64 * 1024;
const mostComplaintCharacters = 4096;
/** How long what a helper has said is waited for when it has ended, and a program that it left running keeps its streams open. */
const graceMs = 1000;
/** What reaches the helper, too, when a person ends qbo at the terminal or closes it; by number as a shell tells of it. */
const endings: ReadonlySet<unknown> = new Set(["SIGINT", "SIGTERM", "SIGHUP", 130, 143, 129]);

/** Whether the helper had no chance to answer. */
export function wasCutOff({ status, signal }: HelperAnswer): boolean {
  return endings.has(signal ?? status);
}

/** The file name of a helper. */
export function nameProgram({ helper, platform }: Pick<HelperProgramOptions, "helper" | "platform">): string {
  return `docker-credential-${helper}${platform === "win32" ? ".exe" : ""}`;
}

/**
 * Where the program lies: in one of the absolute folders of PATH, so that the working folder brings none. Throws STORE_UNAVAILABLE.
 */
export function findProgram(options: HelperProgramOptions): string {
  const program = nameProgram(options);
  const path = Object.entries(options.environment).find(([name]) => name.toUpperCase() === "PATH")?.[1] ?? "";
  const found = path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, program))
    .find(isProgram);
  if (found !== undefined) return found;
  throw new QboError("STORE_UNAVAILABLE", `The store helper:${options.helper} needs the program ${program}.`, {
    hint: `There is no \`${program}\` that you may run in the folders of PATH. Install it, or put its folder into PATH, then repeat the command.`,
  });
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there or not ours to run: the next folder may have one that is.
    return false;
  }
}

export interface HelperCall {
  program: string;
  /** The word of the protocol: it is all that others can see of the call. */
  verb: "get" | "store" | "erase";
  input: string;
  /** Milliseconds. */
  limit: number;
}

/** Runs the program once. It is ended when it takes too long or says too much; then `HelperSilent` is thrown. */
export async function callProgram(call: HelperCall, environment: NodeJS.ProcessEnv): Promise<HelperAnswer> {
  const { spawn } = await import("node:child_process");
  const child = spawn(call.program, [call.verb], {
    env: withoutSettings(environment),
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  try {
    const answer = readAnswer(child);
    // Whoever ends without reading says by its exit status why.
    child.stdin.on("error", () => undefined).end(call.input);
    return await withDeadline(answer, call.limit, () => new HelperSilent("late"));
  } finally {
    child.kill("SIGKILL");
    // A program of the helper's own may outlive it and keep these open.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    child.unref();
  }
}

function readAnswer(child: ChildProcess): Promise<HelperAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let [bytes, stderr] = [0, ""];
    child.stdout?.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > mostAnswerBytes) reject(new HelperSilent("too-much"));
      else chunks.push(chunk);
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr = `${stderr}${text}`.slice(0, mostComplaintCharacters);
    });
    child.once("error", (error) => reject(new HelperSilent("not-started", error)));
    const closing = new Promise<void>((close) => child.once("close", () => close()));
    child.once("exit", (status, signal) => {
      const finish = () => resolve({ status, signal, stdout: Buffer.concat(chunks).toString("utf8"), stderr });
      void withDeadline(closing, graceMs, () => new HelperSilent("late")).then(finish, finish);
    });
  });
}
