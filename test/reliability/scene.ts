import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createFileVault } from "../../src/adapters/vault/file.ts";
import { formatConnectionId } from "../../src/core/connection.ts";
import { Secret } from "../../src/core/secret.ts";
import { decodeTokens } from "../../src/core/token-record.ts";
import type { Tokens } from "../../src/core/tokens.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { control } from "../emulator/emulator-client.ts";
import { fromNow } from "../e2e/connections.ts";
import type { Home } from "../e2e/qbo-process.ts";

/** A home, an emulator, and what both of them know, seen from outside. */
export interface Scene {
  home: Home;
  emulator: Emulator;
  /** Where the emulator keeps its grants. */
  stateFile: string;
  env: Record<string, string>;
}

/** One company, and the tokens that Intuit gave for it in the beginning. */
export interface Granted {
  realmId: string;
  companyName: string;
  accessToken: string;
  refreshToken: string;
}

const clientId = "qbo-emulator-client";

export function makeStoreKey(): string {
  return randomBytes(32).toString("base64");
}

/** As if a person had connected so many further companies. */
export async function grant(emulator: Emulator, count: number): Promise<Granted[]> {
  return (await control<{ connections: Granted[] }>(emulator, "seed", { connections: count })).connections;
}

/** What `qbo import` takes: connections named after their realm IDs, whose access tokens expired an hour ago. */
export function describeImport(granted: readonly Granted[]): string {
  const entries = granted.map(({ realmId, companyName, accessToken, refreshToken }) => ({
    environment: "emulator",
    name: nameOf(realmId),
    realmId,
    companyName,
    accessToken,
    refreshToken,
    accessTokenExpiresAt: fromNow(-3600),
    refreshTokenExpiresAt: fromNow(8_000_000),
    rotatedAt: fromNow(-7200),
  }));
  return entries.map((entry) => JSON.stringify(entry)).join("\n");
}

export function nameOf(realmId: string): string {
  return `c${realmId}`;
}

/** The tokens in the file store, read without the program. Throws what the vault throws when they cannot be read. */
export async function readStored({ home, env }: Scene, realmId: string): Promise<Tokens | undefined> {
  const folder = join(home.state, "secrets");
  const storeKey = new Secret(env["QBO_STORE_KEY"] ?? "");
  const vault = createFileVault({ folder, storeKey, keychain: undefined });
  const id = formatConnectionId({ environment: "emulator", clientId, realmId });
  const record = await vault.read(`connection/${id}`);
  return record && decodeTokens(record.reveal());
}

/** Whether Intuit would accept this refresh token now. */
export function isLive({ stateFile }: Pick<Scene, "stateFile">, refreshToken: string | undefined): boolean {
  const state: { grants: { refreshToken: string; isRevoked: boolean }[] } = JSON.parse(readFileSync(stateFile, "utf8"));
  return state.grants.some((known) => known.refreshToken === refreshToken && !known.isRevoked);
}
