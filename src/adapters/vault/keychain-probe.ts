import { randomBytes } from "node:crypto";
import type { ChildProcess } from "node:child_process";
import { withoutSettings } from "./child-environment.ts";
import { isStage, toKeychainError } from "./keychain-failure.ts";
import type { KeychainStage } from "./keychain-failure.ts";

import { keychainService, loadKeytar } from "./keytar.ts";
import type { Keytar } from "./keytar.ts";

/** How to start this program again so that it calls `runKeychainProbe` and nothing else. */
export interface ProbeCommand {
  command: string;
  args: readonly string[];
}

/** What the child says on its one line. */
export type ProbeResult = { ok: true } | { ok: false; stage: KeychainStage; message: string };

/** Milliseconds: how long a service may take to answer, and how long a person may take to unlock it. */
export interface ProbeLimits {
  service: number;
  person: number;
}

export interface KeychainProbe {
  command: ProbeCommand;
  /** What the child inherits, but for the settings of qbo, which may hold secrets. */
  environment: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  limits: ProbeLimits;
  /** Told once when a person may have to answer a prompt. */
  announce: (text: string) => void;
}

/**
 * Writes, reads and removes an entry in a child process, which is killed when it takes too long: a service that hangs
 * would otherwise keep this process from ending for up to 50 s. Throws STORE_UNAVAILABLE with the reason.
 */
export async function probeInChild(probe: KeychainProbe, { mayAsk }: { mayAsk: boolean }): Promise<void> {
  const { spawn } = await import("node:child_process");
  const child = spawn(probe.command.command, [...probe.command.args], {
    env: withoutSettings(probe.environment),
    stdio: ["ignore", "pipe", "ignore"],
    windowsHide: true,
  });
  const { limits } = probe;
  const limit = mayAsk ? limits.person : limits.service;
  const late: ProbeResult = { ok: false, stage: "write", message: `no answer within ${limit / 1000} s` };
  const announcement = setTimeout(() => {
    if (mayAsk)
      probe.announce(
        `The keychain may be waiting for you to unlock it, on this machine's desktop (up to ${limit / 1000} s).`,
      );
  }, limits.service);
  let expiry: NodeJS.Timeout | undefined;
  const expired = new Promise<ProbeResult>((resolve) => {
    expiry = setTimeout(() => resolve(late), limit);
  });
  try {
    const result = await Promise.race([readResult(child), expired]);
    if (!result.ok) throw toKeychainError({ ...result, platform: probe.platform });
  } finally {
    clearTimeout(announcement);
    clearTimeout(expiry);
    child.kill("SIGKILL");
    child.stdout?.destroy();
    child.unref();
  }
}

/** The child's whole life: one line of JSON on stdout says how it went. */
export async function runKeychainProbe(): Promise<void> {
  const result = await loadKeytar().then(exerciseKeychain, (error: unknown) => failAt("load", error));
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** Writes, reads and removes an entry of its own: the only way to tell an empty keychain from one that is locked. */
export async function exerciseKeychain(keytar: Keytar): Promise<ProbeResult> {
  const account = `probe/${randomBytes(8).toString("hex")}`;
  const value = randomBytes(8).toString("hex");
  let stage: KeychainStage = "write";
  try {
    await keytar.setPassword(keychainService, account, value);
    stage = "read";
    const found = await keytar.getPassword(keychainService, account);
    if (found !== value) return { ok: false, stage, message: "what was written did not come back" };
    stage = "remove";
    const isRemoved = await keytar.deletePassword(keychainService, account);
    return isRemoved ? { ok: true } : { ok: false, stage, message: "what was written could not be removed" };
  } catch (error) {
    return failAt(stage, error);
  }
}

function failAt(stage: KeychainStage, error: unknown): ProbeResult {
  return { ok: false, stage, message: error instanceof Error ? error.message : String(error) };
}

function readResult(child: ChildProcess): Promise<ProbeResult> {
  return new Promise((resolve) => {
    let answer = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      answer += text;
      const end = answer.indexOf("\n");
      if (end >= 0) resolve(parseResult(answer.slice(0, end)));
    });
    child.once("error", (error) =>
      resolve({ ok: false, stage: "load", message: `the check could not be started: ${error.message}` }),
    );
    child.once("close", (status, signal) =>
      resolve({
        ok: false,
        stage: "load",
        message: `the check ended without an answer, with ${signal ?? `status ${status}`}`,
      }),
    );
  });
}

function parseResult(line: string): ProbeResult {
  const unreadable: ProbeResult = { ok: false, stage: "load", message: "the check gave no readable answer" };
  try {
    const answer: unknown = JSON.parse(line);
    return isProbeResult(answer) ? answer : unreadable;
  } catch {
    return unreadable;
  }
}

function isProbeResult(answer: unknown): answer is ProbeResult {
  if (typeof answer !== "object" || answer === null || !("ok" in answer)) return false;
  if (answer.ok === true) return true;
  return "stage" in answer && isStage(answer.stage) && "message" in answer && typeof answer.message === "string";
}
