import { openRekeying as openFileRekeying } from "../adapters/vault/rekeying.ts";
import { Secret } from "../core/secret.ts";
import type { Rekeying } from "../core/store-ports.ts";
import { openKeychain, type StoreParts } from "./stores.ts";

/** Prepares to seal this machine's file store with another key. */
export function openRekeying(parts: StoreParts, newKey: Secret): Promise<Rekeying | undefined> {
  const { paths, env, lock } = parts;
  const storeKey = env["QBO_STORE_KEY"] ? new Secret(env["QBO_STORE_KEY"]) : undefined;
  return openFileRekeying({ folder: paths.secrets, storeKey, keychain: openKeychain(parts), newKey, lock });
}
