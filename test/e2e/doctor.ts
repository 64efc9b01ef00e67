import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { control, start } from "../emulator/emulator-client.ts";
import { createHome, type Home, runQbo } from "./qbo-process.ts";

/** `qbo doctor` as a process, after something was made to go wrong. */

export interface Scene {
  home: Home;
  emulator: Emulator;
  env?: Record<string, string | undefined>;
}

export interface Answer {
  exitCode: number | null;
  connection: string | null;
  verdict: { cause: string; confidence: string; summary: string; fix: string[] } | null;
  checks: { id: string; title: string; status: string; detail: string; fix: string | null }[];
  ranking: { cause: string; confidence: string; evidence: string }[];
}

export async function openScene(): Promise<Scene> {
  return { home: createHome(), emulator: await start() };
}

export const run = (scene: Scene, ...args: string[]) => runQbo([...args, "--json"], scene);
export const breakIt = (scene: Scene, fault: Record<string, unknown>) =>
  control(scene.emulator, "faults", { count: 0, ...fault });

/** The ids of the contract, in its order. */
const checkIds = (
  "store-access app-configured redirect-uri certificate callback-port clock network service-status client-keys " +
  "token-expiry token-lineage client-match environment-match api-access user-info scopes locks permissions"
).split(" ");

/** Asks the doctor; its answer is complete, whatever it finds. */
export async function askDoctor(scene: Scene, ...args: string[]): Promise<Answer> {
  const { exitCode, stdout, stderr } = await run(scene, "doctor", ...args);
  if (stdout === "") throw new Error(`exit ${exitCode}: ${stderr}`);
  const answer: Omit<Answer, "exitCode"> = JSON.parse(stdout);
  expect(answer.checks.map(({ id }) => id)).toEqual(checkIds);
  for (const { detail } of answer.checks) expect(detail).toMatch(/\S/);
  return { exitCode, ...answer };
}

/** The verdict in one line, with the exit code and the first thing to do. */
export function tell({ exitCode, verdict }: Answer): string {
  return verdict
    ? `${verdict.cause}, ${verdict.confidence}, ${exitCode}: ${verdict.fix[0] ?? ""}`
    : `healthy, ${exitCode}`;
}

/** Which of the checks did not pass. */
export function listTroubles({ checks }: Answer): string[] {
  return checks
    .filter(({ status }) => status === "warn" || status === "fail")
    .map(({ id, status }) => `${status} ${id}`);
}

/** Rewrites the journal's lines, as another time or another host would have written them. */
export function rewriteJournal({ home }: Scene, change: (event: Record<string, unknown>) => object): void {
  const path = join(home.state, "journal.jsonl");
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const changed = lines.map((line) => {
    const event: Record<string, unknown> = JSON.parse(line);
    return `${JSON.stringify(change(event))}\n`;
  });
  writeFileSync(path, changed.join(""));
}

/** Lets so much time pass for the marks in the facts, by moving them into the past. */
export function letPass({ home }: Scene, seconds: number): void {
  const folder = join(home.state, "connections");
  for (const file of readdirSync(folder)) {
    const moved = readFileSync(join(folder, file), "utf8").replaceAll(
      /("(?:lastRefresh|rejection)":\s*\{\s*"at":\s*)"([^"]+)"/g,
      (_, before: string, at: string) => `${before}"${new Date(Date.parse(at) - seconds * 1000).toISOString()}"`,
    );
    writeFileSync(join(folder, file), moved);
  }
}
