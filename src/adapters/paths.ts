import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import envPaths from "env-paths";
import { QboError } from "../core/errors.ts";
import { makePrintable } from "../core/printable.ts";

/** The folders of this installation. */
export interface Paths {
  config: string;
  /** The machine's configuration file. */
  systemConfig: string;
  /** Everything that qbo writes for itself. */
  state: string;
  connections: string;
  clients: string;
  secrets: string;
  locks: string;
  rescue: string;
  signIns: string;
  certificates: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Where files lie: platform folders (XDG on Linux) under `qbo-cli`, or where QBO_CONFIG_DIR and QBO_STATE_DIR say.
 * @throws CONFIG_INVALID when one of these is not an absolute path.
 */
export function findPaths(env: Env, os: NodeJS.Platform): Paths {
  const usual = findUsualFolders(os);
  const state = readFolder(env, "QBO_STATE_DIR") ?? assertFixed(usual.state, env, "QBO_STATE_DIR");
  return {
    config: readFolder(env, "QBO_CONFIG_DIR") ?? assertFixed(usual.config, env, "QBO_CONFIG_DIR"),
    systemConfig:
      os === "win32"
        ? join(env["ProgramData"] || String.raw`C:\ProgramData`, "qbo-cli", "config.json")
        : "/etc/qbo-cli/config.json",
    state,
    connections: findConnections(state),
    clients: join(state, "clients"),
    secrets: join(state, "secrets"),
    locks: join(state, "locks"),
    rescue: join(state, "rescue"),
    signIns: join(state, "sign-ins"),
    certificates: join(state, "certificates"),
  };
}

/** Where the facts of connections lie unless QBO_STATE_DIR says otherwise; `undefined` where the home is no absolute path. */
export function findUsualConnections(os: NodeJS.Platform): string | undefined {
  const { state } = findUsualFolders(os);
  return isAbsolute(state) ? findConnections(state) : undefined;
}

function findUsualFolders(os: NodeJS.Platform): Pick<Paths, "config" | "state"> {
  const { config, data, log } = envPaths("qbo-cli", { suffix: "" });
  // On Linux env-paths calls the XDG state folder `log`; elsewhere the data folder is the one that is kept.
  return { config, state: os === "darwin" || os === "win32" ? data : log };
}

function findConnections(state: string): string {
  return join(state, "connections");
}

/** What the platform's folders are made of: what wins where it is not empty, then the home. */
const bases = {
  QBO_CONFIG_DIR: { own: ["XDG_CONFIG_HOME", "APPDATA"], home: ["HOME", "USERPROFILE"] },
  QBO_STATE_DIR: { own: ["XDG_STATE_HOME", "LOCALAPPDATA"], home: ["HOME", "USERPROFILE"] },
} as const;

/** A relative folder would be another one in every working folder, and connections would seem to be gone. */
function assertFixed(folder: string, env: Env, instead: keyof typeof bases): string {
  if (isAbsolute(folder)) return folder;
  const { own, home } = bases[instead];
  const given = [...own.filter((name) => env[name]), ...home.filter((name) => env[name] !== undefined)];
  const base = given.find((name) => !isAbsolute(env[name] ?? "")) ?? "HOME";
  const hint = `Set ${base} to an absolute path, or name the folders themselves: QBO_CONFIG_DIR and QBO_STATE_DIR`;
  throw explainRelative(base, env[base] ?? "", hint);
}

function readFolder(env: Env, name: string): string | undefined {
  const value = env[name];
  if (value === undefined || value === "") return undefined;
  const folder = value.startsWith("~/") ? join(homedir(), value.slice(2)) : value;
  if (isAbsolute(folder) && !folder.includes("\0")) return folder;
  throw explainRelative(name, value, `Set ${name} to an absolute path, or unset it.`);
}

function explainRelative(name: string, value: string, hint: string): QboError {
  const what = value === "" ? "empty" : `${makePrintable(value, 120)}, which is not an absolute path`;
  return new QboError("CONFIG_INVALID", `${name} is ${what}.`, { hint });
}
