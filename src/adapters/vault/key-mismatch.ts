import { QboError } from "../../core/errors.ts";
import type { StoreKeyOptions } from "./key-places.ts";
import { locateKeyFile } from "./key-places.ts";
import { readDescription } from "./store-description.ts";
import type { KeySource } from "../../core/store-ports.ts";

/** A record that the key in use cannot open, because it names another one. */
export interface KeyMismatch {
  path: string;
  recordKeyId: string;
  keyIdInUse: string;
}

const keyWords: Record<KeySource, (folder: string) => string> = {
  environment: () => "given in QBO_STORE_KEY",
  keychain: () => "in the keychain",
  "key-file": (folder) => `in the file ${locateKeyFile(folder)}`,
};

const returnWords: Record<KeySource, string> = {
  environment: "Set QBO_STORE_KEY to the key or passphrase that the store was made with, then repeat the command.",
  keychain: "Unset QBO_STORE_KEY to use the key in the keychain, or sign in again with `qbo login <connection>`.",
  "key-file": "Unset QBO_STORE_KEY to use the key file, or sign in again with `qbo login <connection>`.",
};

/** STORE_CORRUPT that names both keys by their IDs, and where the other one lies if that is known. */
export function toKeyMismatchError({ folder, storeKey }: StoreKeyOptions, mismatch: KeyMismatch): QboError {
  const { path, recordKeyId, keyIdInUse } = mismatch;
  const description = readDescription(folder);
  const source = description?.keyId === recordKeyId ? description.keySource : undefined;
  const other =
    source === undefined ? recordKeyId : `${recordKeyId}, ${describeKey(source, folder)} when the store began`;
  const inUse = storeKey === undefined ? keyIdInUse : `${keyIdInUse}, from QBO_STORE_KEY`;
  return new QboError(
    "STORE_CORRUPT",
    `The store's ${path} is sealed with another key (${other}) than the one in use (${inUse}).`,
    {
      hint:
        source === undefined
          ? `Set QBO_STORE_KEY to the key with the ID ${recordKeyId}, or sign in again with \`qbo login <connection>\`.`
          : returnWords[source],
    },
  );
}

/** Where the key lies, in words that follow "the key". */
export function describeKey(source: KeySource, folder: string): string {
  return keyWords[source](folder);
}
