import type { AppConfig, Config, EnvironmentConfig } from "../core/config.ts";
import { QboError } from "../core/errors.ts";
import { makePrintable } from "../core/printable.ts";
import { isClientId, isSettingName } from "../core/setting-names.ts";
import { formatStoreName } from "../core/store-name.ts";
import type { World } from "../core/world.ts";
import { isScope, readScopes } from "../intuit/scopes.ts";

/** A value and where it was set, in words that a person can act on. */
export interface Setting<T> {
  value: T;
  source: string;
}

/** Settings given as options of a command: they win over everything else. */
export interface SettingFlags {
  environment?: string | undefined;
  app?: string | undefined;
  connection?: string | undefined;
  store?: string | undefined;
  scopes?: readonly string[] | undefined;
  redirectUri?: string | undefined;
}

/** Every setting as it applies now. Absent means that nobody set it; built-in values are named so in `source`. */
export interface Settings {
  environment: Setting<string> | undefined;
  app: Setting<string> | undefined;
  connection: Setting<string> | undefined;
  /** As `formatStoreName` writes it. */
  store: Setting<string>;
  scopes: Setting<string[]> | undefined;
  redirectUri: Setting<string> | undefined;
  /** Seconds that a handed-out access token is valid at least. */
  minValidity: Setting<number>;
  /** Seconds that a sign-in waits for the browser. */
  callbackTimeout: Setting<number>;
  apps: Record<string, AppConfig>;
  environments: Record<string, EnvironmentConfig>;
  /** A client given by environment variables, for the chosen environment. */
  clientId: Setting<string> | undefined;
}

/**
 * Collects the settings: flag over environment variable over user file over built-in.
 * @throws CONFIG_INVALID for a faulty file or variable.
 */
export async function readSettings(
  world: Pick<World, "env" | "configFiles">,
  flags: SettingFlags = {},
): Promise<Settings> {
  const file = await world.configFiles.readUser();
  const config: Config = file?.config ?? {};
  const source = file?.path ?? "";
  const pick = <T>(
    flag: T | undefined,
    flagName: string,
    variable: Setting<T> | undefined,
    configured: T | undefined,
  ) => {
    if (flag !== undefined) return { value: flag, source: flagName };
    return variable ?? (configured === undefined ? undefined : { value: configured, source });
  };
  const { env } = world;
  return {
    environment: pick(flags.environment, "--env", readName(env, "QBO_ENV"), config.environment),
    app: pick(flags.app, "--app", readName(env, "QBO_APP"), config.app),
    connection: pick(flags.connection, "--connection", readText(env, "QBO_CONNECTION"), config.connection),
    store: withoutSecrets(pick(flags.store, "--store", readText(env, "QBO_STORE"), config.store)),
    scopes: pick(flags.scopes && [...flags.scopes], "--scopes", readScopeList(env), config.scopes),
    redirectUri: pick(flags.redirectUri, "--redirect-uri", readText(env, "QBO_REDIRECT_URI"), config.redirectUri),
    minValidity: pick(undefined, "", undefined, config.minValidity) ?? { value: 300, source: "built-in" },
    callbackTimeout: pick(undefined, "", undefined, config.callbackTimeout) ?? { value: 300, source: "built-in" },
    apps: config.apps ?? {},
    environments: config.environments ?? {},
    clientId: readClientId(env),
  };
}

/** What the configuration says of an app of that name; the names come from users, so only own keys count. */
export function findAppConfig({ apps }: Pick<Settings, "apps">, name: string): AppConfig | undefined {
  return Object.hasOwn(apps, name) ? apps[name] : undefined;
}

/** What the configuration says of an environment of that name, in the same way. */
export function findEnvironmentConfig(
  { environments }: Pick<Settings, "environments">,
  name: string,
): EnvironmentConfig | undefined {
  return Object.hasOwn(environments, name) ? environments[name] : undefined;
}

/** The name of the store; the address that it may have been given as stays where it was. */
function withoutSecrets(store: Setting<string> | undefined): Setting<string> {
  return store ? { ...store, value: formatStoreName(store.value) } : { value: "keychain", source: "built-in" };
}

function readText(env: World["env"], name: string): Setting<string> | undefined {
  const value = env[name];
  return value === undefined || value === "" ? undefined : { value, source: name };
}

function readName(env: World["env"], name: string): Setting<string> | undefined {
  const setting = readText(env, name);
  if (setting && !isSettingName(setting.value)) {
    throw new QboError("CONFIG_INVALID", `${name} is ${makePrintable(setting.value, 80)}, which cannot be a name.`, {
      hint: `Set ${name} to lower-case letters, digits and hyphens, or unset it.`,
    });
  }
  return setting;
}

function readClientId(env: World["env"]): Setting<string> | undefined {
  const setting = readText(env, "QBO_CLIENT_ID");
  if (!setting || isClientId(setting.value)) return setting;
  throw new QboError("CONFIG_INVALID", `QBO_CLIENT_ID is ${makePrintable(setting.value, 80)}, which is no client ID.`, {
    hint: "Copy the client ID from the keys page of the app at developer.intuit.com.",
  });
}

function readScopeList(env: World["env"]): Setting<string[]> | undefined {
  const setting = readText(env, "QBO_SCOPES");
  if (!setting) return undefined;
  const scopes = readScopes(setting.value);
  if (scopes.length === 0 || !scopes.every(isScope)) {
    throw new QboError("CONFIG_INVALID", "QBO_SCOPES is not a list of scopes.", {
      hint: "Set it to scopes separated by spaces, or unset it.",
    });
  }
  return { value: scopes, source: "QBO_SCOPES" };
}
