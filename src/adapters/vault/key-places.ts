import { join } from "node:path";
import { QboError } from "../../core/errors.ts";
import type { Vault } from "../../core/store-ports.ts";
import type { Secret } from "../../core/secret.ts";
import { decodeStoreKey, readStoreKey, stretchPassphrase } from "./key-material.ts";
import { damaged } from "./sealed-record.ts";
import { readPrivateFile } from "./small-file.ts";
import { locateDescription, lost } from "./store-description.ts";
import type { StoreDescription } from "./store-description.ts";

export interface StoreKeyOptions {
  folder: string;
  /** The value of QBO_STORE_KEY. */
  storeKey: Secret | undefined;
  /** Holds the key of stores that were begun without QBO_STORE_KEY, when it can. */
  keychain: Vault | undefined;
}

const startAnew = "move the folder away and sign in again with `qbo login <connection>`.";

/** The 32 bytes of the key that the store was begun with. Throws STORE_UNAVAILABLE, STORE_CORRUPT. */
export async function readKeptKey(options: StoreKeyOptions, description: StoreDescription): Promise<Buffer> {
  if (description.keySource === "environment") return readEnvironmentKey(options, description.salt);
  if (description.keySource === "keychain") return readKeychainKey(options, description.id);
  return readKeyFile(options.folder);
}

/**
 * The 32 bytes that QBO_STORE_KEY stands for; a passphrase needs the store's salt. Throws STORE_UNAVAILABLE when it is not set,
 * CONFIG_INVALID for an unusable one, STORE_CORRUPT when the salt is lost.
 */
export async function readEnvironmentKey(
  { storeKey, folder }: StoreKeyOptions,
  salt: string | undefined,
): Promise<Buffer> {
  if (storeKey === undefined) {
    throw new QboError("STORE_UNAVAILABLE", `The store ${folder} is sealed with QBO_STORE_KEY, which is not set.`, {
      hint: "Set QBO_STORE_KEY to the key or passphrase that the store was made with, then repeat the command.",
    });
  }
  const given = readStoreKey(storeKey);
  if ("material" in given) return given.material;
  if (salt === undefined) throw lost(locateDescription(folder));
  return stretchPassphrase(given.passphrase, Buffer.from(salt, "base64"));
}

/** The 32 bytes that the keychain keeps for the store of this ID. Throws STORE_UNAVAILABLE, STORE_CORRUPT. */
export async function readKeychainKey({ keychain, folder }: StoreKeyOptions, id: string): Promise<Buffer> {
  if (keychain === undefined) {
    throw new QboError(
      "STORE_UNAVAILABLE",
      `The key of the store ${folder} lies in a keychain that is not in use here.`,
      {
        hint: "Run qbo on the desktop where the store was made.",
      },
    );
  }
  const kept = await keychain.read(nameKeychainEntry(id));
  const material = kept === undefined ? undefined : decodeStoreKey(kept.reveal());
  if (material !== undefined) return material;
  throw new QboError("STORE_CORRUPT", `The key of the store ${folder} was removed from the keychain outside qbo.`, {
    hint: `Restore the keychain, or ${startAnew}`,
  });
}

/** The 32 bytes in the store's key file. Throws STORE_CORRUPT when it is gone or damaged, STORE_UNAVAILABLE when it cannot be read. */
export async function readKeyFile(folder: string): Promise<Buffer> {
  const path = locateKeyFile(folder);
  const text = readPrivateFile(path);
  if (text === undefined) {
    throw new QboError("STORE_CORRUPT", `The key file ${path} is gone.`, {
      hint: `Put it back from a backup, or ${startAnew}`,
    });
  }
  const material = decodeStoreKey(text.trim());
  if (material === undefined) throw damaged(path);
  return material;
}

/** Where the key lies when there is neither QBO_STORE_KEY nor a keychain. */
export function locateKeyFile(folder: string): string {
  return join(folder, "key");
}

/** Where in the keychain the key of the store with this ID lies. */
export function nameKeychainEntry(id: string): string {
  return `store-key/${id}`;
}
