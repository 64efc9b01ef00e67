import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "vitest";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { control } from "../emulator/emulator-client.ts";
import { type Home, readAnswer, runQbo, type RunOptions } from "./qbo-process.ts";

/** Connections for tests in which the sign-in is not the point. */

export interface Seeded {
  name: string;
  realmId: string;
  companyName: string;
  accessToken: string;
  refreshToken: string;
}

type Entry = Record<string, unknown>;

interface Granted extends Omit<Seeded, "name"> {
  clientId: string;
  scopes: string[];
}

/** As if a person had connected `count` companies, named c1, c2… `changes` are made to each entry that is imported. */
export async function seed(
  options: RunOptions & { emulator: Emulator },
  count = 1,
  changes: Entry = {},
): Promise<Seeded[]> {
  const { connections } = await control<{ connections: Granted[] }>(options.emulator, "seed", { connections: count });
  const known = readFacts(options.home).length;
  const seeded = connections.map((granted, index) => Object.assign(granted, { name: `c${known + index + 1}` }));
  const entries = seeded.map((connection) => JSON.stringify(buildEntry(connection, changes)));
  const imported = await runQbo(["import", "--stdin", "--no-refresh", "--json"], {
    ...options,
    stdin: entries.join("\n"),
  });
  const { results } = readAnswer<{ results: { outcome: string }[] }>(imported);
  expect(results.map(({ outcome }) => outcome)).toEqual(seeded.map(() => "imported"));
  return seeded;
}

/** One connection, whose access token has expired an hour ago unless `changes` say otherwise. */
export async function seedExpired(options: RunOptions & { emulator: Emulator }, changes: Entry = {}): Promise<Seeded> {
  const [only] = await seed(options, 1, { accessTokenExpiresAt: fromNow(-3600), ...changes });
  if (only === undefined) throw new Error("one was asked for");
  return only;
}

function buildEntry({ name, ...granted }: Seeded, changes: Entry): Entry {
  return { environment: "emulator", ...granted, name, ...standardTimes(), ...changes };
}

function standardTimes(): Entry {
  return {
    accessTokenExpiresAt: fromNow(3600),
    refreshTokenExpiresAt: fromNow(8_726_400),
    hardExpiresAt: fromNow(157_680_000),
    rotatedAt: fromNow(-3600),
  };
}

/** A time so many seconds from now, ISO 8601. */
export function fromNow(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

/** What lies in the state folder, path by path, with a digest of each file: equal means byte for byte the same. */
export function fingerprintFiles(folder: string): Record<string, string> {
  return Object.fromEntries(
    listFiles(folder).map((path) => [
      path,
      createHash("sha256")
        .update(readFileSync(join(folder, path)))
        .digest("hex"),
    ]),
  );
}

/** The sealed records of the file store. */
export function fingerprintSecrets({ state }: Home): Record<string, string> {
  return fingerprintFiles(join(state, "secrets"));
}

export function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

/** The facts of every connection, as they lie on disk. */
export function readFacts({ state }: Home): Record<string, unknown>[] {
  // Hidden ones are being written, and may break off.
  const files = listFiles(state).filter((path) => /^connections\/[^.]/.test(path));
  return files.map((path) => {
    const value: Record<string, unknown> = JSON.parse(readFileSync(join(state, path), "utf8"));
    return Object.assign(value, { name: basename(path, ".json") });
  });
}

/** The lines of the journal. */
export function readJournal({ state }: Home): Record<string, unknown>[] {
  const text = listFiles(state)
    .filter((path) => path.startsWith("journal"))
    .map((path) => readFileSync(join(state, path), "utf8"))
    .join("");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const value: Record<string, unknown> = JSON.parse(line);
      return value;
    });
}
