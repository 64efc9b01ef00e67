import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** A desktop's Secret Service of its own: nothing of the person who runs the tests is touched. */
export interface SecretService {
  /** The whole environment for processes that use it. */
  env: Record<string, string>;
  lock(): Promise<void>;
  /** Starts the keyring anew, unlocked, as signing in does. Processes that used it have to start anew, too. */
  unlock(): Promise<void>;
  /** The service stays connected and answers nothing, until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends what was started here, by its process ID, and removes its folder. */
  stop(): Promise<void>;
}

const run = promisify(execFile);
const loginCollection = "/org/freedesktop/secrets/collection/login";

// Without service folders, so that nothing is started behind our back: no second keyring, no prompt.
const busConfiguration = (
  folder: string,
) => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=${folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
`;

/**
 * Starts a session bus and gnome-keyring with an unlocked login keyring. `locked`: the keyring is locked afterwards.
 * `withoutKeyring`: only the bus. Needs the packages dbus, gnome-keyring and libsecret; fails without them.
 */
export async function startSecretService(
  options: { locked?: boolean; withoutKeyring?: boolean } = {},
): Promise<SecretService> {
  const folder = await mkdtemp(join(tmpdir(), "qbo-bus-"));
  const started: ChildProcess[] = [];
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    XDG_RUNTIME_DIR: join(folder, "run"),
    XDG_DATA_HOME: join(folder, "data"),
    XDG_CONFIG_HOME: join(folder, "config"),
    XDG_CACHE_HOME: join(folder, "cache"),
  };
  const stop = async () => {
    for (const child of started.toReversed()) await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await mkdir(join(folder, "run"), { mode: 0o700 });
    env["DBUS_SESSION_BUS_ADDRESS"] = await startBus(folder, started);
    let keyring = options.withoutKeyring === true ? undefined : await startKeyring(env, started);
    const lock = () => lockKeyring(env);
    const unlock = async () => {
      if (keyring !== undefined) await end(keyring);
      keyring = await startKeyring(env, started);
    };
    if (options.locked === true) await lock();
    return { env, lock, unlock, pause: () => keyring?.kill("SIGSTOP"), resume: () => keyring?.kill("SIGCONT"), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startBus(folder: string, started: ChildProcess[]): Promise<string> {
  const configuration = join(folder, "bus.conf");
  await writeFile(configuration, busConfiguration(folder));
  const args = [`--config-file=${configuration}`, "--nofork", "--print-address=1"];
  const bus = spawn("dbus-daemon", args, { stdio: ["ignore", "pipe", "ignore"] });
  started.push(bus);
  return new Promise((resolve, reject) => {
    bus.once("error", (error) =>
      reject(new Error("dbus-daemon is needed: install the package dbus", { cause: error })),
    );
    bus.once("exit", (status) => reject(new Error(`dbus-daemon ended with status ${status}`)));
    bus.stdout?.setEncoding("utf8").once("data", (text: string) => resolve(text.trim()));
  });
}

async function startKeyring(env: Record<string, string>, started: ChildProcess[]): Promise<ChildProcess> {
  const keyring = spawn("gnome-keyring-daemon", ["--foreground", "--unlock", "--components=secrets"], {
    env,
    stdio: ["pipe", "ignore", "ignore"],
  });
  started.push(keyring);
  const failed = new Promise<never>((_, reject) => {
    keyring.once("error", (error) =>
      reject(new Error("gnome-keyring-daemon is needed: install gnome-keyring", { cause: error })),
    );
    keyring.once("exit", (status) => reject(new Error(`gnome-keyring-daemon ended with status ${status}`)));
  });
  failed.catch(() => undefined);
  keyring.stdin?.end("a password for tests");
  await Promise.race([failed, waitForKeyring(env)]);
  return keyring;
}

async function waitForKeyring(env: Record<string, string>): Promise<void> {
  for (let attempt = 0; attempt < 1200; attempt += 1) {
    const { stdout } = await send(env, [
      "--dest=org.freedesktop.DBus",
      "/",
      "org.freedesktop.DBus.NameHasOwner",
      "string:org.freedesktop.secrets",
    ]);
    if (stdout.includes("boolean true")) return;
    await sleep(50);
  }
  throw new Error("gnome-keyring-daemon did not come up within 60 s");
}

async function lockKeyring(env: Record<string, string>): Promise<void> {
  const method = "org.freedesktop.Secret.Service.Lock";
  await send(env, [
    "--dest=org.freedesktop.secrets",
    "/org/freedesktop/secrets",
    method,
    `array:objpath:${loginCollection}`,
  ]);
}

function send(env: Record<string, string>, args: readonly string[]): Promise<{ stdout: string }> {
  return run("dbus-send", ["--session", "--print-reply", ...args], { env, timeout: 60_000 });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGCONT");
  child.kill("SIGKILL");
  await ended;
}
