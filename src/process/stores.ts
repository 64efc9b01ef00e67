import { createFileVault } from "../adapters/vault/file.ts";
import { createKeychainVault } from "../adapters/vault/keychain.ts";
import type { Paths } from "../adapters/paths.ts";
import { QboError } from "../core/errors.ts";
import type { Notices } from "../core/ports.ts";
import type { CredentialStore, Lock } from "../core/store-ports.ts";
import { makePrintable } from "../core/printable.ts";
import { Secret } from "../core/secret.ts";
import { isStoreName, storeNames, type StoreName } from "../core/setting-names.ts";
import { createVaultCredentialStore } from "../flows/vault-credential-store.ts";

export interface StoreParts {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  lock: Lock;
  notices: Notices;
}

/** The word after which this program does nothing but try the keychain, in a process of its own. */
export const keychainProbeWord = "__probe-keychain";

/** Opens stores by their names, each once. */
export function openStores(parts: StoreParts): (name: string) => Promise<CredentialStore> {
  const opened = new Map<StoreName, CredentialStore>();
  return async (name) => {
    if (!isStoreName(name)) throw unknownStore(name);
    const store = opened.get(name) ?? openStore(name, parts);
    opened.set(name, store);
    return store;
  };
}

function openStore(name: StoreName, { paths, env, lock, notices }: StoreParts): CredentialStore {
  const keychain = createKeychainVault({
    environment: env,
    probeCommand: { command: process.execPath, args: [process.argv[1] ?? "", keychainProbeWord] },
    announce: (text) => notices.warn(text),
  });
  if (name === "keychain") return createVaultCredentialStore({ vault: keychain, lock, isProbeCheap: false });
  const storeKey = env["QBO_STORE_KEY"] ? new Secret(env["QBO_STORE_KEY"]) : undefined;
  return createVaultCredentialStore({
    vault: createFileVault({ folder: paths.secrets, storeKey, keychain }),
    lock,
    isProbeCheap: true,
  });
}

function unknownStore(name: string): QboError {
  return new QboError("CONFIG_INVALID", `There is no store named ${makePrintable(name, 80)}.`, {
    hint: `Choose one of ${storeNames.join(", ")}.`,
  });
}
