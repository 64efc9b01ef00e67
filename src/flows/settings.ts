import type { AppConfig, Config, ConfigFile, EnvironmentConfig } from "../core/config.ts";
import { makePrintable } from "../core/printable.ts";
import { formatStoreName } from "../core/store-name.ts";
import type { World } from "../core/world.ts";
import { mergeApps, mergeEnvironments } from "./config-layers.ts";
import { readClientId, readName, readScopeList, readText, type Setting } from "./variables.ts";

/** Settings given as options of a command: they win over everything else. */
export interface SettingFlags {
  environment?: string | undefined;
  app?: string | undefined;
  connection?: string | undefined;
  store?: string | undefined;
  scopes?: readonly string[] | undefined;
  redirectUri?: string | undefined;
  /** Leave the project's file aside: whoever wrote it must not decide what cannot be undone. */
  withoutProject?: boolean | undefined;
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
  /** Files of a certificate for the callback: never those of a project, which must not name files that are then served. */
  tlsCert: Setting<string> | undefined;
  tlsKey: Setting<string> | undefined;
  apps: Record<string, AppConfig>;
  environments: Record<string, EnvironmentConfig>;
  /** A client given by environment variables, for the chosen environment. */
  clientId: Setting<string> | undefined;
  /** The files of user and machine, the nearest first: what `apps` and `environments` are made of. */
  files: readonly ConfigFile[];
  /** The project's file. Its choices are among the settings; its client and its redirect URI are not, see `withProject`. */
  project: ConfigFile | undefined;
}

/**
 * Collects the settings: flag over environment variable over project file over user file over system file over built-in.
 * @throws CONFIG_INVALID for a faulty file or variable.
 */
export async function readSettings(
  world: Pick<World, "env" | "configFiles">,
  flags: SettingFlags = {},
): Promise<Settings> {
  const layers = await world.configFiles.readLayers();
  const project = flags.withoutProject ? undefined : layers.find(({ layer }) => layer === "project");
  const files = layers.filter(({ layer }) => layer !== "project");
  const choices = project ? [project, ...files] : files;
  const { env } = world;
  return {
    environment: flag(flags.environment, "--env") ?? readName(env, "QBO_ENV") ?? find(choices, "environment"),
    app: flag(flags.app, "--app") ?? readName(env, "QBO_APP") ?? find(choices, "app"),
    connection:
      flag(flags.connection, "--connection") ?? readText(env, "QBO_CONNECTION") ?? find(choices, "connection"),
    store: withoutSecrets(flag(flags.store, "--store") ?? readText(env, "QBO_STORE") ?? find(files, "store")),
    scopes:
      flag(flags.scopes && [...flags.scopes], "--scopes") ?? readScopeList(env) ?? find<"scopes">(choices, "scopes"),
    redirectUri:
      flag(flags.redirectUri, "--redirect-uri") ?? readText(env, "QBO_REDIRECT_URI") ?? find(files, "redirectUri"),
    minValidity: find(files, "minValidity") ?? builtIn(300),
    callbackTimeout: find(files, "callbackTimeout") ?? builtIn(300),
    tlsCert: find(files, "tlsCert"),
    tlsKey: find(files, "tlsKey"),
    apps: mergeApps(files),
    environments: mergeEnvironments(files),
    clientId: readClientId(env),
    files,
    project,
  };
}

/**
 * The settings as `login` would have them after a yes: with the client and the redirect URI that the project's file
 * proposes. Until then they are only shown.
 */
export function withProject(settings: Settings): Settings {
  const { project, files, redirectUri } = settings;
  if (!project) return settings;
  const layers = [project, ...files];
  const isGiven = redirectUri?.layer === "flag" || redirectUri?.layer === "variable";
  return {
    ...settings,
    files: layers,
    apps: mergeApps(layers),
    redirectUri: isGiven ? redirectUri : find(layers, "redirectUri"),
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
  return store ? { ...store, value: formatStoreName(store.value) } : builtIn("keychain");
}

function flag<T>(value: T | undefined, source: string): Setting<T> | undefined {
  return value === undefined ? undefined : { value, source, layer: "flag" };
}

function builtIn<T>(value: T): Setting<T> {
  return { value, source: "built-in", layer: "built-in" };
}

type PlainKey = Exclude<keyof Config, "apps" | "environments">;

/** The value in the nearest file that has one. */
function find<K extends PlainKey>(files: readonly ConfigFile[], key: K): Setting<NonNullable<Config[K]>> | undefined {
  for (const { path, layer, config } of files) {
    const value = config[key];
    if (value !== undefined && value !== null) return { value, source: makePrintable(path), layer };
  }
  return undefined;
}
