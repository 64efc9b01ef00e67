import { createFileVault } from "../adapters/vault/file.ts";
import { createKeychainVault } from "../adapters/vault/keychain.ts";
import { keepsOwnKey } from "../adapters/vault/store-description.ts";
import type { Paths } from "../adapters/paths.ts";
import type { ConfigFiles } from "../core/config.ts";
import { QboError } from "../core/errors.ts";
import type { Notices } from "../core/ports.ts";
import type { CredentialStore, Lock, Vault } from "../core/store-ports.ts";
import { Secret } from "../core/secret.ts";
import { formatStoreName, readStoreName, storeForms, type StoreName } from "../core/store-name.ts";
import { createVaultCredentialStore } from "../flows/store/vault-credential-store.ts";
import { openOnce } from "./open-once.ts";
import { findChosenTeam, type OpenTeam } from "./team.ts";

export interface StoreParts {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  configFiles: Pick<ConfigFiles, "readLayers">;
  lock: Lock;
  notices: Notices;
  openTeam: OpenTeam;
  /** The file that starts the program; absent: the one that this process was started with. */
  program?: string;
}

/** The word after which this program does nothing but try the keychain, in a process of its own. */
export const keychainProbeWord = "__probe-keychain";

/** Opens stores by their names, each once. */
export function openStores(parts: StoreParts): (name: string) => Promise<CredentialStore> {
  const open = openOnce((name: StoreName) => openStore(name, parts));
  return (text) => {
    const name = readStoreName(text);
    return name ? open(name) : Promise.reject(unknownStore(text));
  };
}

async function openStore(name: StoreName, parts: StoreParts): Promise<CredentialStore> {
  const { lock } = parts;
  switch (name.kind) {
    case "keychain":
      return createVaultCredentialStore({ vault: openKeychain(parts), lock, isProbeCheap: false });
    case "file":
      return createVaultCredentialStore({ vault: await openFiles(parts), lock, isProbeCheap: true });
    case "helper":
      return createVaultCredentialStore({ vault: await openHelper(name.helper, parts), lock, isProbeCheap: false });
    case "postgres":
      return (await parts.openTeam(name)).credentials;
  }
}

/** The system's keychain. It is tried in a process of its own, because a keychain may hang. */
export function openKeychain({ env, notices, program }: Pick<StoreParts, "env" | "notices" | "program">): Vault {
  return createKeychainVault({
    environment: env,
    probeCommand: { command: process.execPath, args: [program ?? process.argv[1] ?? "", keychainProbeWord] },
    announce: (text) => notices.warn(text),
  });
}

/** Where a team store was chosen, QBO_STORE_KEY is the team's: files that were begun with a key of their own go on with that. */
async function openFiles(parts: StoreParts): Promise<Vault> {
  const { paths, env } = parts;
  const storeKey = env["QBO_STORE_KEY"] ? new Secret(env["QBO_STORE_KEY"]) : undefined;
  const isForTeam = storeKey !== undefined && (await findChosenTeam(parts)) !== undefined;
  const isOwn = isForTeam && keepsOwnKey(paths.secrets);
  return createFileVault({
    folder: paths.secrets,
    storeKey: isOwn ? undefined : storeKey,
    keychain: openKeychain(parts),
  });
}

/** Few use one, so its code is read only then. */
async function openHelper(helper: string, { env }: StoreParts): Promise<Vault> {
  const { createHelperVault } = await import("../adapters/vault/helper.ts");
  return createHelperVault({ helper, environment: env, platform: process.platform });
}

function unknownStore(text: string): QboError {
  return new QboError("CONFIG_INVALID", `There is no store named ${formatStoreName(text)}.`, {
    hint: `Choose one of ${storeForms}.`,
  });
}
