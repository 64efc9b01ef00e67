import { appKeys, configKeys, environmentKeys, isSecretKey, projectKeys } from "../core/config-keys.ts";
import type { ConfigLayer } from "../core/config.ts";
import { builtInEnvironments } from "../core/environment.ts";
import { QboError } from "../core/errors.ts";
import { findNearest } from "../core/nearest.ts";
import { makePrintable } from "../core/printable.ts";
import { isSettingName } from "../core/setting-names.ts";
import { readStoreName } from "../core/store-name.ts";
import type { World } from "../core/world.ts";
import { readScopes } from "../intuit/scopes.ts";
import { readRedirectUri } from "../oauth/redirect-uri.ts";
import { listConfigEntries, type ConfigEntry } from "./config-entries.ts";
import { releaseClientSecret } from "./apps/release-client-secret.ts";
import { listEnvironmentNames } from "./environments/environment-names.ts";
import { readSettings } from "./settings.ts";

type Doors = Pick<World, "env" | "configFiles">;
type ChangeDoors = Doors & Pick<World, "facts" | "clients" | "openStore">;

/** A change of one setting in one of the files. */
export interface ConfigChange {
  key: string;
  /** As typed; undefined takes the setting out. */
  value: string | undefined;
  layer: ConfigLayer;
}

/** What became of it. */
export interface ConfigChanged {
  /** The file that was written. */
  file: string;
  /** The setting as it applies now, perhaps by something nearer. */
  effective: ConfigEntry;
}

/** One setting as it applies now. @throws USAGE for a key that there is not. */
export async function findConfigEntry(world: Doors, key: string): Promise<ConfigEntry> {
  const path = readConfigKey(key);
  const entries = await listConfigEntries(world);
  const found = entries.find((entry) => entry.key === path.join(".") && !entry.isProposal);
  return found ?? { key, value: null, source: "not set", file: null, line: null, isProposal: false };
}

/**
 * Changes a setting and leaves the rest of the file as it is.
 * @throws USAGE for an unknown key, a secret or a value that cannot be; CONFIG_INVALID for a faulty file; FILES_UNAVAILABLE.
 */
export async function changeConfig(world: ChangeDoors, { key, value, layer }: ConfigChange): Promise<ConfigChanged> {
  const path = readConfigKey(key);
  assertFitsLayer(path, layer);
  if (value !== undefined) assertNotBuiltIn(path);
  const settings = await readSettings(world);
  const understood = value === undefined ? undefined : understand(path, value, listEnvironmentNames(settings));
  const replaced = settings.files.find((file) => file.layer === layer)?.config.apps ?? {};
  const file = await world.configFiles.set(layer, path, understood);
  const [room, name = "", field] = path;
  const previous =
    room === "apps" && field === "clientId" && Object.hasOwn(replaced, name) ? replaced[name] : undefined;
  if (previous?.clientId !== undefined && previous.clientId !== value)
    await releaseClientSecret(world, previous.clientId);
  return { file: makePrintable(file), effective: await findConfigEntry(world, key) };
}

/**
 * The steps of a key such as `apps.reports.redirectUri`.
 * @throws USAGE for one that there is not, with the one that was meant, and for a secret, whose value is not repeated.
 */
function readConfigKey(key: string): string[] {
  const path = key.split(".");
  const [room = "", name = "", field = ""] = path;
  if (path.length !== 2 && isSecretKey(path.at(-1) ?? "")) throw refuseSecret(key);
  const known = room === "apps" ? appKeys : room === "environments" ? environmentKeys : undefined;
  if (!known && path.length === 1 && Object.hasOwn(configKeys, room)) return path;
  if (known && path.length === 3 && isSettingName(name) && Object.hasOwn(known, field)) return path;
  const names = known ? Object.keys(known).map((each) => `${room}.${name || "<name>"}.${each}`) : listPlainKeys();
  const nearest = findNearest(key, names);
  throw new QboError("USAGE", `There is no setting ${makePrintable(key, 80)}.`, {
    hint: nearest
      ? `Did you mean ${makePrintable(nearest, 120)}?`
      : `Settings are ${names.join(", ")}. See qbo help config`,
  });
}

function hasPassword(store: string): boolean {
  const name = readStoreName(store);
  return name?.kind === "postgres" && name.hasPassword;
}

function listPlainKeys(): string[] {
  return Object.keys(configKeys).map((key) =>
    key === "apps" ? "apps.<name>.<key>" : key === "environments" ? "environments.<name>.<key>" : key,
  );
}

function refuseSecret(key: string): QboError {
  return new QboError(
    "USAGE",
    `${makePrintable(key, 80)} is a secret, and secrets never stand in a configuration file.`,
    {
      hint: "A client secret is kept in the store: qbo app set --env <environment> --client-secret-stdin",
    },
  );
}

/** Only what is set anew: what stands in a file already must be taken out. */
function assertNotBuiltIn([room = "", name = ""]: readonly string[]): void {
  if (room === "environments" && builtInEnvironments.some((builtIn) => builtIn === name))
    throw new QboError("USAGE", `The environment ${name} is built in and cannot be redefined.`, {
      hint: "Choose another name: qbo config set environments.<name>.discoveryUrl <address>",
    });
}

function assertFitsLayer([room = ""]: readonly string[], layer: ConfigLayer): void {
  if (layer !== "project" || Object.hasOwn(projectKeys, room)) return;
  throw new QboError("USAGE", `${room} cannot stand in a project file.`, {
    hint: `A project file may hold ${Object.keys(projectKeys).join(", ")}. Your own file may hold all: leave out --project`,
  });
}

/** The value as the file holds it. What is wrong with it otherwise is judged when it is written. */
function understand(path: readonly string[], value: string, environments: readonly string[]): unknown {
  const field = path.at(-1) ?? "";
  if (field === "scopes") return readScopes(value).length === 0 ? value : readScopes(value);
  if (field === "minValidity" || field === "callbackTimeout") return /^\d{1,9}$/.test(value) ? Number(value) : value;
  if (field === "store" && hasPassword(value)) {
    throw new QboError(
      "USAGE",
      "The address of the store holds a password, and secrets never stand in a configuration file.",
      {
        hint: "Give the whole address in QBO_STORE, or the password alone in PGPASSWORD.",
      },
    );
  }
  if (field === "redirectUri") return readRedirectUri(value).text;
  if (field === "environment" && !environments.includes(value)) {
    const nearest = findNearest(value, environments);
    throw new QboError("USAGE", `There is no environment named ${makePrintable(value, 80)}.`, {
      hint: nearest ? `Did you mean ${nearest}?` : `There are ${environments.join(", ")}.`,
    });
  }
  return value;
}
