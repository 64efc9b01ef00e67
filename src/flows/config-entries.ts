import type { ConfigFile } from "../core/config.ts";
import { appKeys, environmentKeys } from "../core/config-keys.ts";
import { makePrintable } from "../core/printable.ts";
import type { World } from "../core/world.ts";
import { defaultScopes } from "../intuit/scopes.ts";
import { defaultRedirectUri } from "../oauth/redirect-uri.ts";
import { readSettings, type Settings } from "./settings.ts";
import type { Setting } from "./variables.ts";

/** A setting as it applies now. Nothing in it is secret: of a secret it tells that it is set. */
export interface ConfigEntry {
  /** As in a file; of a variable that no file can hold, its name. */
  key: string;
  /** Null when nobody set it. */
  value: string | number | string[] | null;
  /** A variable, a file, `built-in` or `not set`. */
  source: string;
  file: string | null;
  line: number | null;
  /** Whether `login` uses it only after a yes. */
  isProposal: boolean;
}

type Doors = Pick<World, "env" | "configFiles">;
type Found = Omit<ConfigEntry, "line">;

/** Every setting with where it was set. @throws CONFIG_INVALID. */
export async function listConfigEntries(world: Doors): Promise<ConfigEntry[]> {
  const settings = await readSettings(world);
  const found = [
    ...listPlain(settings),
    ...listEntries(settings, "apps"),
    ...listEntries(settings, "environments"),
    ...listProposals(settings),
    ...listVariables(world.env),
  ];
  return Promise.all(found.map((entry) => withLine(world, entry)));
}

async function withLine(world: Doors, entry: Found): Promise<ConfigEntry> {
  const line = entry.file === null ? null : await world.configFiles.findLine(entry.file, entry.key.split("."));
  return { ...entry, line };
}

function listPlain(settings: Settings): Found[] {
  const { environment, app, connection, store, scopes, redirectUri, minValidity, callbackTimeout, tlsCert, tlsKey } =
    settings;
  const plain: [key: string, setting: Setting<string | number | string[]> | undefined][] = [
    ["environment", environment],
    ["app", app],
    ["connection", connection],
    ["store", store],
    ["scopes", scopes ?? { value: [...defaultScopes], source: "built-in" }],
    ["redirectUri", redirectUri ?? { value: defaultRedirectUri, source: "built-in" }],
    ["minValidity", minValidity],
    ["callbackTimeout", callbackTimeout],
    ["tlsCert", tlsCert],
    ["tlsKey", tlsKey],
  ];
  return plain.map(([key, setting]) => ({
    key,
    value: setting?.value ?? null,
    source: setting?.source ?? "not set",
    file: findFile(settings, setting)?.path ?? null,
    isProposal: false,
  }));
}

function findFile({ project, files }: Settings, setting: Setting<unknown> | undefined): ConfigFile | undefined {
  return [project, ...files].find((file) => file !== undefined && file.layer === setting?.layer);
}

/** The fields of apps and environments that apply, each with the nearest file that says so. */
function listEntries(settings: Settings, room: "apps" | "environments"): Found[] {
  const fields = room === "apps" ? Object.keys(appKeys) : Object.keys(environmentKeys);
  return Object.entries(settings[room]).flatMap(([name, own]) =>
    fields.flatMap((field) => {
      const value = readField(own, field);
      const file = settings.files.find(({ config }) => readField(readField(config[room], name), field) !== undefined);
      return value === undefined || !file ? [] : [describe([room, name, field], value, file)];
    }),
  );
}

/** What the project's file says of clients and of the redirect URI. */
function listProposals({ project }: Settings): Found[] {
  if (!project) return [];
  const { redirectUri, apps = {} } = project.config;
  const top = redirectUri === undefined ? [] : [describe(["redirectUri"], redirectUri, project)];
  const fields = Object.entries(apps).flatMap(([name, own]) =>
    Object.keys(appKeys).flatMap((field) => {
      const value = readField(own, field);
      return value === undefined ? [] : [describe(["apps", name, field], value, project)];
    }),
  );
  return [...top, ...fields].map((entry) => ({ ...entry, isProposal: true }));
}

function describe(key: string[], value: ConfigEntry["value"], { path }: ConfigFile): Found {
  return { key: key.join("."), value, source: makePrintable(path), file: path, isProposal: false };
}

function readField(owner: unknown, key: string): string | string[] | undefined {
  if (typeof owner !== "object" || owner === null || !Object.hasOwn(owner, key)) return undefined;
  return Reflect.get(owner, key);
}

const secretVariables = ["QBO_CLIENT_SECRET", "QBO_STORE_KEY"];
const openVariables = [
  "QBO_CLIENT_ID",
  "QBO_CONFIG_DIR",
  "QBO_STATE_DIR",
  "QBO_NO_INPUT",
  "QBO_DEBUG",
  "QBO_EMULATOR_URL",
  "QBO_BROWSER",
  "BROWSER",
  "QBO_NO_UPDATE_NOTICE",
  "HTTPS_PROXY",
  "HTTP_PROXY",
  "NO_PROXY",
  "https_proxy",
  "http_proxy",
  "no_proxy",
  "NODE_EXTRA_CA_CERTS",
  "NO_COLOR",
  "FORCE_COLOR",
  "CI",
];

/** The variables that are set and that no key of a file stands for. */
function listVariables(env: World["env"]): Found[] {
  const isSet = (name: string) => env[name] !== undefined && env[name] !== "";
  const shown = openVariables
    .filter(isSet)
    .map((key) => [key, maskVariable(key, makePrintable(env[key] ?? ""))] as const);
  const hidden = secretVariables.filter(isSet).map((key) => [key, "set"] as const);
  return [...shown, ...hidden].map(([key, value]) => ({
    key,
    value,
    source: "environment variable",
    file: null,
    isProposal: false,
  }));
}

/** A proxy's address may lack its scheme. */
function maskVariable(name: string, text: string): string {
  const isBare = /_proxy$/i.test(name) && !text.includes("://");
  return isBare ? text.replace(/^.*@/, "***@") : maskPassword(text);
}

/** An address without what stands before the host: user and password, as in a proxy's or a database's. */
function maskPassword(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/).*@/i, "$1***@").replace(/([?&]password=)[^&#]*/gi, "$1***");
}
