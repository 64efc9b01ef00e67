import { spawn } from "node:child_process";

export interface LookCommand {
  command: string;
  args: readonly string[];
}

/** What the look needs to know: where files lie, and how the network is. No secret of qbo is among it. */
const known = new Set(
  (
    "HOME USERPROFILE APPDATA LOCALAPPDATA SYSTEMROOT TEMP TMP QBO_CONFIG_DIR QBO_STATE_DIR " +
    "XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME " +
    "HTTPS_PROXY HTTP_PROXY NO_PROXY NODE_EXTRA_CA_CERTS NODE_OPTIONS NODE_USE_SYSTEM_CA SSL_CERT_FILE SSL_CERT_DIR"
  ).split(" "),
);

/** Starts the look apart from this process, its terminal and its working folder, and does not wait. */
export function startLook(
  { command, args }: LookCommand,
  { env, folder }: { env: NodeJS.ProcessEnv; folder: string },
): void {
  const child = spawn(command, args, {
    cwd: folder,
    detached: true,
    stdio: "ignore",
    windowsHide: true,
    env: Object.fromEntries(Object.entries(env).filter(([name]) => known.has(name.toUpperCase()))),
  });
  // A look that cannot be started is made another day: it is no concern of whoever runs a command.
  child.on("error", () => undefined);
  child.unref();
}
