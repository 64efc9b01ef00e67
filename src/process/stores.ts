import { createFileVault } from "../adapters/vault/file.ts";
import { createKeychainVault } from "../adapters/vault/keychain.ts";
import type { Paths } from "../adapters/paths.ts";
import type { ConfigFiles } from "../core/config.ts";
import { QboError } from "../core/errors.ts";
import type { Notices } from "../core/ports.ts";
import type { CredentialStore, Lock, Vault } from "../core/store-ports.ts";
import { Secret } from "../core/secret.ts";
import { formatStoreName, readStoreName, storeForms, type StoreName } from "../core/store-name.ts";
import { createVaultCredentialStore } from "../flows/vault-credential-store.ts";

export interface StoreParts {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  lock: Lock;
  notices: Notices;
  configFiles: Pick<ConfigFiles, "readLayers">;
}

/** The word after which this program does nothing but try the keychain, in a process of its own. */
export const keychainProbeWord = "__probe-keychain";

/** Opens stores by their names, each once. */
export function openStores(parts: StoreParts): (name: string) => Promise<CredentialStore> {
  const opened = new Map<string, Promise<CredentialStore>>();
  return (text) => {
    const name = readStoreName(text);
    if (!name) return Promise.reject(unknownStore(text));
    const store = opened.get(name.text) ?? openStore(name, parts);
    opened.set(name.text, store);
    return store;
  };
}

async function openStore(name: StoreName, parts: StoreParts): Promise<CredentialStore> {
  const { lock } = parts;
  switch (name.kind) {
    case "keychain":
      return createVaultCredentialStore({ vault: openKeychain(parts), lock, isProbeCheap: false });
    case "file":
      return createVaultCredentialStore({ vault: openFiles(parts), lock, isProbeCheap: true });
    case "helper":
      return createVaultCredentialStore({ vault: await openHelper(name.helper, parts), lock, isProbeCheap: false });
    case "postgres":
      return openTeamStore(await findAddress(name, parts), parts);
  }
}

export function openKeychain({ env, notices }: Pick<StoreParts, "env" | "notices">): Vault {
  return createKeychainVault({
    environment: env,
    probeCommand: { command: process.execPath, args: [process.argv[1] ?? "", keychainProbeWord] },
    announce: (text) => notices.warn(text),
  });
}

function openFiles(parts: StoreParts): Vault {
  const { paths, env } = parts;
  const storeKey = env["QBO_STORE_KEY"] ? new Secret(env["QBO_STORE_KEY"]) : undefined;
  return createFileVault({ folder: paths.secrets, storeKey, keychain: openKeychain(parts) });
}

/** Few use one, so its code is read only then. */
async function openHelper(helper: string, { env }: StoreParts): Promise<Vault> {
  const { createHelperVault } = await import("../adapters/vault/helper.ts");
  return createHelperVault({ helper, environment: env, platform: process.platform });
}

type TeamStoreName = Extract<StoreName, { kind: "postgres" }>;

function openTeamStore({ text }: TeamStoreName, _parts: StoreParts): Promise<CredentialStore> {
  throw new QboError("CONFIG_INVALID", `${text}: this qbo cannot keep connections in PostgreSQL.`);
}

/** Facts hold a store's name alone; the password and the parameters of its address are where the user put them. */
async function findAddress(name: TeamStoreName, { env, configFiles }: StoreParts): Promise<TeamStoreName> {
  if (name.address) return name;
  // Only the user's file and the machine's may hold a store; the nearer one counts first.
  const given = [env["QBO_STORE"], ...(await configFiles.readLayers()).map(({ config }) => config.store)];
  for (const text of given) {
    const known = text ? readStoreName(text) : undefined;
    if (known?.kind === "postgres" && known.text === name.text) return known;
  }
  return name;
}

function unknownStore(text: string): QboError {
  return new QboError("CONFIG_INVALID", `There is no store named ${formatStoreName(text)}.`, {
    hint: `Choose one of ${storeForms}.`,
  });
}
