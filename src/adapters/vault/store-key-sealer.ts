import { QboError } from "../../core/errors.ts";
import type { Sealer } from "../../core/sealer.ts";
import type { Secret } from "../../core/secret.ts";
import { deriveSealingKey, readStoreKey, stretchPassphrase } from "./key-material.ts";
import type { SealingKey } from "./key-material.ts";
import { damaged, openRecord, parseSealedRecord, sealRecord } from "./sealed-record.ts";

export interface SealerOptions {
  /** The value of QBO_STORE_KEY. */
  storeKey: Secret | undefined;
  /** The store, as messages name it. */
  store: string;
}

/** Seals as the file store does, for a store that keeps its records elsewhere. */
export function createSealer({ storeKey, store }: SealerOptions): Sealer {
  const keys = new Map<string, Promise<SealingKey>>();
  /** Once for each salt, as stretching is slow on purpose. */
  const findKey = (salt: string) => {
    const key = keys.get(salt) ?? deriveKey(storeKey, store, salt);
    keys.set(salt, key);
    return key;
  };
  return {
    identify: async (salt) => (await findKey(salt)).id,
    seal: async ({ salt, name }, value) => sealRecord(await findKey(salt), name, value),
    async open({ salt, name }, sealed) {
      const place = `record of ${name} in ${store}`;
      const record = parseSealedRecord(sealed, place);
      const key = await findKey(salt);
      if (record.key !== key.id) throw sealedOtherwise(place, record.key, key.id);
      const value = openRecord(key, name, record);
      if (value === undefined) throw damaged(place);
      return value;
    },
  };
}

async function deriveKey(storeKey: Secret | undefined, store: string, salt: string): Promise<SealingKey> {
  if (storeKey === undefined) {
    throw new QboError("STORE_UNAVAILABLE", `QBO_STORE_KEY is not set, and it seals ${store}.`, {
      hint: "Set QBO_STORE_KEY to the key that all who share the store use; the first of them makes it with: qbo store keygen",
    });
  }
  const given = readStoreKey(storeKey);
  return deriveSealingKey(
    "material" in given ? given.material : await stretchPassphrase(given.passphrase, Buffer.from(salt, "base64")),
  );
}

function sealedOtherwise(place: string, recordKeyId: string, keyIdInUse: string): QboError {
  return new QboError(
    "STORE_CORRUPT",
    `The store's ${place} is sealed with another key (${recordKeyId}) than the one in QBO_STORE_KEY (${keyIdInUse}).`,
    { hint: `Set QBO_STORE_KEY to the key with the ID ${recordKeyId}, then repeat the command.` },
  );
}
