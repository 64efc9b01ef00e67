import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect, onTestFinished, vi } from "vitest";
import { errorTable } from "../../src/core/errors.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";

/** Runs the built program as real processes, each in a home of its own. */

export const program = join(import.meta.dirname, "../../bin/qbo.js");

/** Longer than anything that is waited for here; a process that still runs then hangs. */
const patienceMs = 90_000;
const storeKey = Buffer.alloc(32, "key of a store that is only for tests").toString("base64");

/** A place where qbo has never been: nothing of the person who runs the tests can be seen from there. */
export interface Home {
  folder: string;
  config: string;
  state: string;
}

/** Makes an empty home, which is removed when the test ends. */
export function createHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), "qbo-e2e-"));
  // A process that goes on apart, such as the look for an update, may write there while it is removed.
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  const home = { folder, config: join(folder, "config"), state: join(folder, "state") };
  for (const path of [home.config, home.state]) mkdirSync(path, { mode: 0o700 });
  return home;
}

export interface RunOptions {
  home: Home;
  /** The emulator that `--env emulator` reaches. */
  emulator?: Emulator | undefined;
  /** Changes to the environment; `undefined` takes a variable out. */
  env?: Record<string, string | undefined>;
  stdin?: string;
  /** A program, with arguments, that starts qbo in its turn: `sh -c 'ulimit …; exec "$@"' sh`. */
  through?: readonly string[];
}

export interface Ended {
  /** `null` when a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  readonly ended: Promise<Ended>;
  stderr: (this: void) => string;
  /** Waits until what was printed matches; answers the match. Fails when the process ends before. */
  waitFor: (this: void, pattern: RegExp) => Promise<RegExpExecArray>;
  signal: (this: void, name: NodeJS.Signals) => void;
  /** Sends a signal and waits until the process has taken it and is idle again; two that come at once may be taken for one. */
  signalAndWait: (this: void, name: NodeJS.Signals) => Promise<void>;
}

/** The whole environment of a process: no session bus, no display, no folders but those of `home`. */
export function buildEnvironment({ home, emulator, env = {} }: RunOptions): Record<string, string> {
  const all: Record<string, string | undefined> = {
    PATH: process.env["PATH"],
    HOME: home.folder,
    QBO_CONFIG_DIR: home.config,
    QBO_STATE_DIR: home.state,
    QBO_STORE: "file",
    QBO_STORE_KEY: storeKey,
    QBO_BROWSER: "none",
    QBO_NO_UPDATE_NOTICE: "1",
    QBO_EMULATOR_URL: emulator?.baseUrl,
    ...env,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Starts `qbo` and goes on. It is ended with the test, by its process ID. */
export function startQbo(args: readonly string[], options: RunOptions): Running {
  const [command = "", ...rest] = [...(options.through ?? []), process.execPath, program, ...args];
  const child = spawn(command, rest, { env: buildEnvironment(options), cwd: options.home.folder });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => (texts[name] += text));
  // A process is over a moment before the last that it printed was read.
  let hasClosed = false;
  child.once("close", () => (hasClosed = true));
  // Who ends early does not read its input to the end.
  child.stdin.on("error", () => undefined).end(options.stdin ?? "");
  const ended = awaitEnd(child, texts, `qbo ${args.join(" ")}`);
  ended.catch(() => undefined);
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended.catch(() => undefined);
  });
  return {
    ended,
    stderr: () => texts.stderr,
    waitFor: (pattern) =>
      waitForText(
        pattern,
        () => `${texts.stdout}${texts.stderr}`,
        () => hasClosed,
      ),
    signal: (name) => void child.kill(name),
    async signalAndWait(name) {
      child.kill(name);
      await awaitIdle(child);
    },
  };
}

/** Only Linux tells which signals a process has yet to take; elsewhere a moment has to do. */
async function awaitIdle(child: ChildProcess): Promise<void> {
  if (process.platform !== "linux") return void (await new Promise((resolve) => setTimeout(resolve, 500)));
  const isIdle = () => {
    if (child.exitCode !== null || child.signalCode !== null) return true;
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    return /^State:\s+S[^]*^SigPnd:\s+0+$[^]*^ShdPnd:\s+0+$/m.test(status);
  };
  await vi.waitUntil(isIdle, { interval: 5, timeout: 30_000 });
}

/** Runs `qbo` to its end. Whatever it does, it never shows a stack trace. */
export async function runQbo(args: readonly string[], options: RunOptions): Promise<Ended> {
  const ended = await startQbo(args, options).ended;
  assertNoStackTrace(ended);
  return ended;
}

export function assertNoStackTrace({ stdout, stderr }: Pick<Ended, "stdout" | "stderr">): void {
  const trace = /^\s+at .*[:)]|node:internal|UnhandledPromise/m.exec(`${stdout}${stderr}`);
  expect(trace?.[0] ?? "no stack trace").toBe("no stack trace");
}

async function awaitEnd(child: ChildProcess, texts: { stdout: string; stderr: string }, what: string): Promise<Ended> {
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  try {
    const [exitCode, signal]: [number | null, NodeJS.Signals | null] = await closing(child);
    if (signal === "SIGKILL") throw new Error(`${what} did not end.\n${texts.stderr}`);
    return { exitCode, signal, ...texts };
  } finally {
    clearTimeout(timer);
  }
}

async function closing(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  await once(child, "close");
  return [child.exitCode, child.signalCode];
}

async function waitForText(pattern: RegExp, read: () => string, hasEnded: () => boolean): Promise<RegExpExecArray> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const isOver = hasEnded();
    const found = pattern.exec(read());
    if (found) return found;
    if (isOver || Date.now() > deadline) throw new Error(`${pattern} never came:\n${read()}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** The JSON document on stdout of a process that ended well. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the shape of what it asked for
export function readAnswer<T = Record<string, unknown>>({ exitCode, stdout, stderr }: Ended): T {
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr });
  const value: T = JSON.parse(stdout);
  return value;
}

export interface ReportedError {
  code: string;
  message: string;
  hint: string | null;
  exitCode: number;
  connection: string | null;
  httpStatus: number | null;
  intuitError: string | null;
  intuitErrorDescription: string | null;
  intuitTid: string | null;
  at: string;
}

const errorKeys =
  "code message hint exitCode connection httpStatus intuitError intuitErrorDescription intuitTid at".split(" ");

/** The error of a `--json` command, as the contract has it: nothing on stdout, the error on the last line of stderr. */
export function readError({ exitCode, stdout, stderr }: Ended): ReportedError {
  expect(stdout).toBe("");
  expect(stderr.endsWith("\n")).toBe(true);
  const lastLine = stderr.trimEnd().split("\n").at(-1) ?? "";
  const { error, ...others }: { error: ReportedError } = JSON.parse(lastLine);
  expect(others).toEqual({});
  expect(Object.keys(error)).toEqual(errorKeys);
  expect(error.exitCode).toBe(exitCode);
  expect(error.message).toMatch(/\S\.$/);
  expect(new Date(error.at).toISOString().slice(0, 19)).toBe(error.at.slice(0, 19));
  expect(stripVTControlCharacters(stderr)).toBe(stderr);
  return error;
}

/** However odd the input, the end is one that the contract knows, and none that calls itself a defect. */
export function expectTypedEnd(ended: Pick<Ended, "exitCode" | "stdout" | "stderr">): void {
  assertNoStackTrace(ended);
  const known = Object.values(errorTable).map(({ exitCode }) => exitCode);
  expect([0, ...known.filter((exitCode) => exitCode !== 1)]).toContain(ended.exitCode);
}

/** The error of `qbo … --json`, which ends as the contract knows it. */
export async function expectTypedError(args: readonly string[], options: RunOptions): Promise<ReportedError> {
  const ended = await runQbo([...args, "--json"], options);
  expectTypedEnd(ended);
  return readError(ended);
}
