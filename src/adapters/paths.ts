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

/**
 * Where files lie: platform folders (XDG on Linux) under `qbo-cli`, or where QBO_CONFIG_DIR and QBO_STATE_DIR say.
 * @throws CONFIG_INVALID when one of these is not an absolute path.
 */
export function findPaths(env: Readonly<Record<string, string | undefined>>, os: NodeJS.Platform): Paths {
  const platform = envPaths("qbo-cli", { suffix: "" });
  // On Linux env-paths calls the XDG state folder `log`; elsewhere the data folder is the one that is kept.
  const state = readFolder(env, "QBO_STATE_DIR") ?? (os === "darwin" || os === "win32" ? platform.data : platform.log);
  return {
    config: readFolder(env, "QBO_CONFIG_DIR") ?? platform.config,
    systemConfig:
      os === "win32"
        ? join(env["ProgramData"] || String.raw`C:\ProgramData`, "qbo-cli", "config.json")
        : "/etc/qbo-cli/config.json",
    state,
    connections: join(state, "connections"),
    clients: join(state, "clients"),
    secrets: join(state, "secrets"),
    locks: join(state, "locks"),
    rescue: join(state, "rescue"),
    signIns: join(state, "sign-ins"),
    certificates: join(state, "certificates"),
  };
}

function readFolder(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value = env[name];
  if (value === undefined || value === "") return undefined;
  const folder = value.startsWith("~/") ? join(homedir(), value.slice(2)) : value;
  if (isAbsolute(folder) && !folder.includes("\0")) return folder;
  throw new QboError("CONFIG_INVALID", `${name} is ${makePrintable(value, 120)}, which is not an absolute path.`, {
    hint: `Set ${name} to an absolute path, or unset it.`,
  });
}
