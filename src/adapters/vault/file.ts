import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { QboError } from "../../core/errors.ts";
import type { KeySource, Vault } from "../../core/store-ports.ts";
import { Secret } from "../../core/secret.ts";
import { describeKey, toKeyMismatchError } from "./key-mismatch.ts";
import type { StoreKeyOptions } from "./key-places.ts";
import { damaged, openRecord, parseSealedRecord, sealRecord } from "./sealed-record.ts";
import { readSmallFile } from "./small-file.ts";
import { assertKey, assertStorable } from "./storable.ts";
import { recordEnding } from "./store-description.ts";
import { openStoreKey } from "./store-key.ts";
import { removeFile, replaceFile } from "./write-durably.ts";

export type FileVaultOptions = StoreKeyOptions;

/** Secrets in files, each sealed with AES-256-GCM. Reading one is no more than reading two or three small files. */
export function createFileVault(options: FileVaultOptions): Vault {
  const { folder, keychain } = options;
  const storeKey = openStoreKey(options);

  const vault: Vault = {
    async read(name) {
      assertKey(name);
      const path = locateRecord(folder, name);
      const text = readSmallFile(path);
      if (text === undefined) return undefined;
      const record = parseSealedRecord(text, path);
      const key = await storeKey.load();
      if (record.key !== key.id) {
        throw toKeyMismatchError(options, { path, recordKeyId: record.key, keyIdInUse: key.id });
      }
      const value = openRecord(key, name, record);
      if (value === undefined) throw damaged(path);
      return value;
    },

    async write(name, value) {
      assertStorable(name, value);
      const key = await storeKey.prepare();
      await replaceFile(locateRecord(folder, name), sealRecord(key, name, value));
    },

    async remove(name) {
      assertKey(name);
      return removeFile(locateRecord(folder, name));
    },

    async probe({ mayAsk }) {
      if (storeKey.findSource() === "keychain") await keychain?.probe({ mayAsk });
      await exercise(vault, folder);
    },

    async describe() {
      return describeStore(folder, storeKey.findSource());
    },

    findKeySource: () => storeKey.findSource(),
  };
  return vault;
}

/** A file name that is safe on every platform, readable, and different for every key. */
export function locateRecord(folder: string, name: string): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 80);
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 16);
  return join(folder, `${readable}-${hash}${recordEnding}`);
}

async function exercise(vault: Vault, folder: string): Promise<void> {
  const name = `probe/${randomBytes(8).toString("hex")}`;
  const value = new Secret(randomBytes(16).toString("hex"));
  await vault.write(name, value);
  const found = await vault.read(name);
  const isRemoved = await vault.remove(name);
  if (found?.equals(value) === true && isRemoved) return;
  throw new QboError("STORE_UNAVAILABLE", `What was written to the store ${folder} did not come back.`, {
    hint: "Look for errors of the disk or the network file system, then repeat the command.",
  });
}

function describeStore(folder: string, source: KeySource | undefined): string {
  const files = `The secrets lie in sealed files in ${folder}`;
  if (source === undefined) {
    return `${files}; the first sign-in puts their key in the keychain or, where that cannot be used, in a file beside them.`;
  }
  const place = `${files}, under the key ${describeKey(source, folder)}`;
  if (source !== "key-file") return `${place}.`;
  return `${place}: copies made without that file are protected, but not against anyone who can read this user's files.`;
}
