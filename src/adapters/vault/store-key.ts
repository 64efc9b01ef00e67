import { QboError } from "../../core/errors.ts";
import { beginStore } from "./begin-store.ts";
import { deriveSealingKey } from "./key-material.ts";
import type { SealingKey } from "./key-material.ts";
import { readEnvironmentKey, readKeptKey } from "./key-places.ts";
import type { StoreKeyOptions } from "./key-places.ts";
import { locateDescription, lost, readDescription } from "./store-description.ts";
import type { KeySource } from "../../core/store-ports.ts";
import type { StoreDescription } from "./store-description.ts";
import { prepareFolder } from "./write-durably.ts";

/** The key of one store, wherever it lies. */
export interface StoreKey {
  /** The key for reading what is stored. Throws STORE_UNAVAILABLE, STORE_CORRUPT, CONFIG_INVALID. */
  load(): Promise<SealingKey>;
  /** The same key for writing; begins the store if need be. */
  prepare(): Promise<SealingKey>;
  /** Where the key lies; `undefined` for a store not yet begun, unless QBO_STORE_KEY is set. */
  findSource(): KeySource | undefined;
}

/** QBO_STORE_KEY comes first; otherwise the store's own description says where its key lies. */
export function openStoreKey(options: StoreKeyOptions): StoreKey {
  const { folder, storeKey } = options;
  let loaded: { storeId: string | undefined; key: Promise<SealingKey> } | undefined;

  /** Loads once for each store that lies in the folder, as stretching is slow on purpose. A failure is not kept. */
  function keep(storeId: string | undefined, load: () => Promise<SealingKey>): Promise<SealingKey> {
    if (loaded !== undefined && loaded.storeId === storeId) return loaded.key;
    const key = load();
    const entry = { storeId, key };
    loaded = entry;
    key.catch(() => {
      if (loaded === entry) loaded = undefined;
    });
    return key;
  }

  return {
    async load() {
      const description = readDescription(folder);
      return keep(description?.id, () => loadKey(options, description));
    },

    async prepare() {
      await prepareFolder(folder);
      const present = readDescription(folder);
      if (present !== undefined)
        return assertSameKey(await keep(present.id, () => loadKey(options, present)), present, folder);
      const { description, key } = await beginStore(options);
      return keep(description.id, async () => key ?? loadKey(options, description));
    },

    findSource: () => (storeKey === undefined ? readDescription(folder)?.keySource : "environment"),
  };
}

/** One mistyped QBO_STORE_KEY must not split a store into records of two keys. */
function assertSameKey(key: SealingKey, { keyId, nextKeyId, keySource }: StoreDescription, folder: string): SealingKey {
  if (keySource !== "environment" || key.id === keyId || key.id === nextKeyId) return key;
  throw new QboError(
    "STORE_CORRUPT",
    `The store ${folder} is sealed with the key ${keyId}, and QBO_STORE_KEY holds another one (${key.id}).`,
    { hint: "Set QBO_STORE_KEY to the key that the store was made with, then repeat the command." },
  );
}

async function loadKey(options: StoreKeyOptions, description: StoreDescription | undefined): Promise<SealingKey> {
  const { folder, storeKey } = options;
  if (storeKey !== undefined) return deriveSealingKey(await readEnvironmentKey(options, description?.salt));
  if (description === undefined) throw lost(locateDescription(folder));
  const key = deriveSealingKey(await readKeptKey(options, description));
  if (key.id === description.keyId) return key;
  throw new QboError("STORE_CORRUPT", `The key kept for the store ${folder} is not the one it began with.`, {
    hint: "Put the right key back, or move the folder away and sign in again with `qbo login <connection>`.",
  });
}
