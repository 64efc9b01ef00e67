import { randomBytes } from "node:crypto";
import { hasCode } from "../../core/errors.ts";
import type { Vault } from "../../core/store-ports.ts";
import { Secret } from "../../core/secret.ts";
import { deriveSealingKey, generateStoreKey, readStoreKey } from "./key-material.ts";
import type { SealingKey } from "./key-material.ts";
import { locateKeyFile, nameKeychainEntry, readEnvironmentKey, readKeychainKey, readKeyFile } from "./key-places.ts";
import type { StoreKeyOptions } from "./key-places.ts";
import { assertNoRecords, settleDescription } from "./store-description.ts";
import type { KeySource } from "../../core/store-ports.ts";
import type { StoreDescription } from "./store-description.ts";
import { createFile } from "./write-durably.ts";

export interface BegunStore {
  description: StoreDescription;
  /** `undefined` when another process began the store first, so that its description counts. */
  key: SealingKey | undefined;
}

/**
 * Settles where the key of a store lies: QBO_STORE_KEY if given, else the keychain if it works now, else a key file. The
 * key is in its place before the description tells of it, and of many processes at once the first settles it for all.
 */
export async function beginStore(options: StoreKeyOptions): Promise<BegunStore> {
  const { folder, keychain } = options;
  // A key that needs no description opens the old records too, so a lost description harms nobody.
  if (!isKeyComplete(options)) await assertNoRecords(folder);
  const id = randomBytes(8).toString("hex");
  const salt = randomBytes(16).toString("base64");
  const { keySource, material } = await makeKey(options, { id, salt });
  const key = deriveSealingKey(material);
  const description = await settleDescription(folder, { version: 1, id, keySource, salt, keyId: key.id });
  if (description.id === id) return { description, key };
  if (keySource === "keychain") await keychain?.remove(nameKeychainEntry(id));
  return { description, key: undefined };
}

interface MadeKey {
  keySource: KeySource;
  material: Buffer;
}

async function makeKey(options: StoreKeyOptions, { id, salt }: { id: string; salt: string }): Promise<MadeKey> {
  const { folder, storeKey, keychain } = options;
  if (storeKey !== undefined) return { keySource: "environment", material: await readEnvironmentKey(options, salt) };
  if (keychain !== undefined && (await isUsable(keychain))) {
    await keychain.write(nameKeychainEntry(id), new Secret(generateStoreKey()));
    return { keySource: "keychain", material: await readKeychainKey(options, id) };
  }
  await createFile(locateKeyFile(folder), `${generateStoreKey()}\n`);
  return { keySource: "key-file", material: await readKeyFile(folder) };
}

function isKeyComplete({ storeKey }: StoreKeyOptions): boolean {
  return storeKey !== undefined && "material" in readStoreKey(storeKey);
}

/** Whether a new store may rely on the keychain. Only here may qbo go on without: nothing is stored yet. */
async function isUsable(keychain: Vault): Promise<boolean> {
  try {
    await keychain.probe({ mayAsk: false });
    return true;
  } catch (error) {
    if (hasCode(error, "STORE_UNAVAILABLE")) return false;
    throw error;
  }
}
