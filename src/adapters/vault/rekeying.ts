import { promises } from "node:fs";
import { join } from "node:path";
import { QboError } from "../../core/errors.ts";
import type { KeyUse, Lock, Rekeying, ResealOutcome } from "../../core/store-ports.ts";
import type { Secret } from "../../core/secret.ts";
import { findSystemCode, toFileError } from "./file-failure.ts";
import { locateRecord } from "./file.ts";
import { deriveSealingKey, readStoreKey, stretchPassphrase } from "./key-material.ts";
import type { SealingKey } from "./key-material.ts";
import { toKeyMismatchError } from "./key-mismatch.ts";
import { locateKeyFile, nameKeychainEntry } from "./key-places.ts";
import type { StoreKeyOptions } from "./key-places.ts";
import { damaged, openRecord, parseSealedRecord, sealRecord } from "./sealed-record.ts";
import { readSmallFile } from "./small-file.ts";
import { locateDescription, lost, readDescription, recordEnding, replaceDescription } from "./store-description.ts";
import type { StoreDescription } from "./store-description.ts";
import { openStoreKey } from "./store-key.ts";
import { removeFile, replaceFile } from "./write-durably.ts";

export interface RekeyingOptions extends StoreKeyOptions {
  newKey: Secret;
  lock: Lock;
}

interface Keys {
  from: SealingKey;
  to: SealingKey;
}

/**
 * Gives the records of a file store another key. While that is under way the store's description names both, so that whoever uses either
 * can go on writing; who holds only one can read what is sealed with that one.
 */
export async function openRekeying(options: RekeyingOptions): Promise<Rekeying | undefined> {
  const description = readDescription(options.folder);
  if (description === undefined) return undefined;
  const keys = await readKeys(options, description);
  return {
    from: keys.from.id,
    to: keys.to.id,
    begin: (work) =>
      options.lock.exclusively("store-key", async () => {
        await begin(options, keys);
        return work();
      }),
    reseal: (name, lockName) => options.lock.exclusively(lockName, (held) => reseal(options, keys, { name, held })),
    count: () => countByKey(options.folder),
    finish: () => finish(options, keys),
  };
}

async function readKeys(options: RekeyingOptions, description: StoreDescription): Promise<Keys> {
  const given = readStoreKey(options.newKey, "The new key");
  const salt = Buffer.from(description.salt, "base64");
  const material = "material" in given ? given.material : await stretchPassphrase(given.passphrase, salt);
  const [from, to] = [await openStoreKey(options).load(), deriveSealingKey(material)];
  const isKnown = from.id === description.keyId || to.id === description.keyId;
  if (from.id === to.id) {
    throw new QboError("CONFIG_INVALID", `The new key is the one that the store has already (${to.id}).`, {
      hint: "Make another one with `qbo store keygen`. The present one belongs into QBO_STORE_KEY, the new one into QBO_STORE_KEY_NEW.",
    });
  }
  if (isKnown) return { from, to };
  throw otherKey(options.folder, description, from);
}

function otherKey(folder: string, { keyId, keySource }: StoreDescription, { id }: SealingKey): QboError {
  const fix =
    keySource === "environment"
      ? "Set QBO_STORE_KEY to the key that the store is sealed with"
      : "Unset QBO_STORE_KEY, as the store keeps its key itself";
  return new QboError(
    "STORE_CORRUPT",
    `The store ${folder} is sealed with the key ${keyId}, and QBO_STORE_KEY holds another one (${id}).`,
    { hint: `${fix}, and repeat the command.` },
  );
}

function readPresent(folder: string): StoreDescription {
  const description = readDescription(folder);
  if (description === undefined) throw lost(locateDescription(folder));
  return description;
}

async function begin({ folder }: RekeyingOptions, { from, to }: Keys): Promise<void> {
  const description = readPresent(folder);
  const { keyId, nextKeyId } = description;
  if (to.id === keyId || to.id === nextKeyId) return;
  // Whoever had the lock until now may have changed it.
  if (from.id !== keyId) throw otherKey(folder, description, from);
  const begun = nextKeyId === undefined ? undefined : (await countByKey(folder)).find(({ key }) => key === nextKeyId);
  if (begun) {
    throw new QboError(
      "CONFIG_INVALID",
      `A change to the key ${begun.key} was begun and not finished: ${begun.records} records are sealed with it.`,
      { hint: "Finish it first: repeat the command with that key. Then change to the other one." },
    );
  }
  await replaceDescription(folder, { ...description, nextKeyId: to.id });
}

interface Target {
  name: string;
  held: { assertOwned(): Promise<void> };
}

async function reseal(options: RekeyingOptions, { from, to }: Keys, { name, held }: Target): Promise<ResealOutcome> {
  const path = locateRecord(options.folder, name);
  const text = readSmallFile(path);
  if (text === undefined) return "absent";
  const record = parseSealedRecord(text, path);
  if (record.key === to.id) return "unchanged";
  if (record.key !== from.id) throw toKeyMismatchError(options, { path, recordKeyId: record.key, keyIdInUse: from.id });
  const value = openRecord(from, name, record);
  if (value === undefined) throw damaged(path);
  await held.assertOwned();
  // The secret of a client is written by whoever is given a new one, without a lock.
  if (readSmallFile(path) !== text) return reseal(options, { from, to }, { name, held });
  await replaceFile(path, sealRecord(to, name, value));
  return "resealed";
}

/** From now on the store is that of the new key. The place where the old one was kept is emptied once nothing needs it. */
async function finish({ folder, keychain }: RekeyingOptions, { from, to }: Keys): Promise<void> {
  const description = readPresent(folder);
  if (description.keyId === to.id) return;
  const { nextKeyId: _, ...rest } = description;
  await replaceDescription(folder, { ...rest, keySource: "environment", keyId: to.id });
  if ((await countByKey(folder)).some(({ key }) => key === from.id)) return;
  if (description.keySource === "key-file") await removeFile(locateKeyFile(folder));
  if (description.keySource === "keychain") await keychain?.remove(nameKeychainEntry(description.id));
}

async function countByKey(folder: string): Promise<KeyUse[]> {
  const counts = new Map<string | null, number>();
  for (const name of await listRecords(folder)) {
    const key = readKeyId(join(folder, name));
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, records]) => ({ key, records }));
}

/** Null for what cannot be read; `undefined` for what is gone by now. */
function readKeyId(path: string): string | null | undefined {
  try {
    const text = readSmallFile(path);
    return text === undefined ? undefined : parseSealedRecord(text, path).key;
  } catch (error) {
    if (error instanceof QboError && error.code === "STORE_CORRUPT") return null;
    throw error;
  }
}

async function listRecords(folder: string): Promise<string[]> {
  try {
    return (await promises.readdir(folder)).filter((name) => name.endsWith(recordEnding));
  } catch (error) {
    if (findSystemCode(error) === "ENOENT") return [];
    throw toFileError(error, "read", folder);
  }
}
