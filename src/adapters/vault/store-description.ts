import { promises } from "node:fs";
import { join } from "node:path";
import { QboError } from "../../core/errors.ts";
import type { KeySource } from "../../core/store-ports.ts";
import { toFileError } from "./file-failure.ts";
import { damaged, parseVersioned } from "./sealed-record.ts";
import { readSmallFile } from "./small-file.ts";
import { createFile, replaceFile } from "./write-durably.ts";

const keySources: readonly KeySource[] = ["environment", "keychain", "key-file"];

/** What a store remembers about itself, from its first write on, in `store.json`. Nothing in it is secret. */
export interface StoreDescription {
  version: 1;
  /** Random; names the store's key in the keychain. */
  id: string;
  keySource: KeySource;
  /** For stretching a passphrase; 16 random bytes, base64. */
  salt: string;
  /** `SealingKey.id` of the key that the store began with. */
  keyId: string;
  /** The key that it is being changed to. */
  nextKeyId?: string;
}

/** The files of records end with this. */
export const recordEnding = ".sealed";

/** Where the description of the store in a folder lies. */
export function locateDescription(folder: string): string {
  return join(folder, "store.json");
}

/** `undefined` for a store that nothing was written to. Throws STORE_CORRUPT, STORE_UNAVAILABLE. */
export function readDescription(folder: string): StoreDescription | undefined {
  const path = locateDescription(folder);
  const text = readSmallFile(path);
  if (text === undefined) return undefined;
  const { id, keySource, salt, keyId, nextKeyId } = parseVersioned(text, path);
  const source = keySources.find((known) => known === keySource);
  if (source === undefined || typeof id !== "string" || typeof salt !== "string" || typeof keyId !== "string") {
    throw damaged(path);
  }
  return { version: 1, id, keySource: source, salt, keyId, ...(typeof nextKeyId === "string" ? { nextKeyId } : {}) };
}

/** Whether the store was begun with a key that it keeps itself. */
export function keepsOwnKey(folder: string): boolean {
  const source = readDescription(folder)?.keySource;
  return source !== undefined && source !== "environment";
}

/** Writes another description in the place of the present one. */
export async function replaceDescription(folder: string, description: StoreDescription): Promise<void> {
  await replaceFile(locateDescription(folder), `${JSON.stringify(description, null, 2)}\n`);
}

/** Writes the description unless somebody else was first; gives the one that counts. */
export async function settleDescription(folder: string, candidate: StoreDescription): Promise<StoreDescription> {
  const path = locateDescription(folder);
  if (await createFile(path, `${JSON.stringify(candidate, null, 2)}\n`)) return candidate;
  const settled = readDescription(folder);
  if (settled === undefined) throw lost(path);
  return settled;
}

/** Throws STORE_CORRUPT when there are records already: a description made anew could not open them. */
export async function assertNoRecords(folder: string): Promise<void> {
  const names = await promises.readdir(folder).catch((error: unknown) => {
    throw toFileError(error, "read", folder);
  });
  if (!names.some((name) => name.endsWith(recordEnding))) return;
  // Another process may have begun the store since it was last looked for.
  if (readDescription(folder) === undefined) throw lost(locateDescription(folder));
}

/** STORE_CORRUPT for a file without which the records cannot be opened. */
export function lost(path: string): QboError {
  return new QboError("STORE_CORRUPT", `The store's ${path} is gone while its records are still there.`, {
    hint: "Put it back from a backup, or move the folder away and sign in again with `qbo login <connection>`.",
  });
}
