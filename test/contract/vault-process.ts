import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import type { ProbeLimits } from "../../src/adapters/vault/keychain-probe.ts";
import { QboError } from "../../src/core/errors.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import type { Vault } from "../../src/core/store-ports.ts";
import { Secret } from "../../src/core/secret.ts";

export interface VaultSettings {
  /** Of a file vault; without it the keychain is opened. */
  folder?: string;
  /** The name of a credential helper. */
  helper?: string;
  storeKey?: string;
  withKeychain?: boolean;
  maxBytes?: number;
  limits?: ProbeLimits;
}

export interface VaultRequest {
  id: number;
  method: Exclude<keyof Vault, "findKeySource">;
  key?: string;
  value?: string;
  mayAsk?: boolean;
}

interface VaultReply {
  id?: number;
  announced?: string;
  value?: unknown;
  error?: { code?: ErrorCode; message: string; hint?: string | null };
}

export interface VaultProcess {
  vault: Vault;
  announced: string[];
  /** Ends the process that was started, and nothing else. */
  stop(): Promise<void>;
}

export interface VaultProgram {
  start(
    settings: VaultSettings,
    options: { env: NodeJS.ProcessEnv; prefix?: readonly string[]; uid?: number },
  ): VaultProcess;
  /** The bundled script; its argument `probe` makes it the probe's child. */
  script: string;
  remove(): Promise<void>;
}

const root = join(import.meta.dirname, "../..");

/** The vaults as a program, to run in an environment of its own: libraries remember the session bus of their process. */
export async function buildVaultProgram(): Promise<VaultProgram> {
  const folder = await mkdtemp(join(tmpdir(), "qbo-vault-program-"));
  const script = join(folder, "vault.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "vault-process-child.ts")],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    // The native library is loaded from where it is installed.
    alias: { keytar: join(root, "node_modules/keytar/lib/keytar.js") },
    external: [join(root, "node_modules/keytar/*")],
    logLevel: "error",
  });
  return {
    script,
    start: (settings, options) => startProcess([process.execPath, script, JSON.stringify(settings)], options),
    remove: () => rm(folder, { recursive: true }),
  };
}

function startProcess(words: string[], options: Parameters<VaultProgram["start"]>[1]): VaultProcess {
  const [command = "", ...args] = [...(options.prefix ?? []), ...words];
  const { env, uid } = options;
  const child = spawn(command, args, {
    env,
    stdio: ["pipe", "pipe", "inherit"],
    ...(uid === undefined ? {} : { uid }),
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const waiting = new Map<number, (reply: VaultReply) => void>();
  const announced: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const reply: VaultReply = JSON.parse(line);
    if (reply.announced !== undefined) announced.push(reply.announced);
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
  });
  void ended.then(() => waiting.forEach((settle) => settle({ error: { message: "the vault's process ended" } })));

  let count = 0;
  const ask = async (request: Omit<VaultRequest, "id">): Promise<unknown> => {
    count += 1;
    const id = count;
    const answered = new Promise<VaultReply>((resolve) => waiting.set(id, resolve));
    child.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
    const { error, value } = await answered;
    if (error === undefined) return value;
    if (error.code === undefined) throw new Error(error.message);
    throw new QboError(error.code, error.message, typeof error.hint === "string" ? { hint: error.hint } : {});
  };
  const vault: Vault = {
    async read(key) {
      const value = await ask({ method: "read", key });
      return typeof value === "string" ? new Secret(value) : undefined;
    },
    async write(key, value) {
      await ask({ method: "write", key, value: value.reveal() });
    },
    remove: async (key) => (await ask({ method: "remove", key })) === true,
    async probe({ mayAsk }) {
      await ask({ method: "probe", mayAsk });
    },
    describe: async () => String(await ask({ method: "describe" })),
  };
  return {
    vault,
    announced,
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
