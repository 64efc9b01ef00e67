import { createInterface } from "node:readline";
import { createFileVault } from "../../src/adapters/vault/file.ts";
import { createHelperVault } from "../../src/adapters/vault/helper.ts";
import { createKeychainVault } from "../../src/adapters/vault/keychain.ts";
import { runKeychainProbe } from "../../src/adapters/vault/keychain-probe.ts";
import { asQboError } from "../../src/core/errors.ts";
import type { Vault } from "../../src/core/store-ports.ts";
import { Secret } from "../../src/core/secret.ts";
import type { VaultRequest, VaultSettings } from "./vault-process.ts";

const [, script = "", what = ""] = process.argv;
// Node.js ends at this signal; here a write beyond the limit has to fail like one on a full disk.
process.on("SIGXFSZ", () => undefined);
if (what === "probe") await runKeychainProbe();
else await serve(openVault(what));

function openVault(json: string): Vault {
  const settings: VaultSettings = JSON.parse(json);
  const keychain = createKeychainVault({
    probeCommand: { command: process.execPath, args: [script, "probe"] },
    environment: process.env,
    announce: (text) => process.stdout.write(`${JSON.stringify({ announced: text })}\n`),
    ...(settings.maxBytes === undefined ? {} : { maxBytes: settings.maxBytes }),
    ...(settings.limits === undefined ? {} : { limits: settings.limits }),
  });
  if (settings.helper !== undefined) {
    const { helper, limits } = settings;
    const options = { helper, environment: process.env, platform: process.platform };
    return createHelperVault({ ...options, ...(limits === undefined ? {} : { limits }) });
  }
  if (settings.folder === undefined) return keychain;
  const storeKey = settings.storeKey === undefined ? undefined : new Secret(settings.storeKey);
  return createFileVault({
    folder: settings.folder,
    storeKey,
    keychain: settings.withKeychain === true ? keychain : undefined,
  });
}

async function serve(vault: Vault): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const request: VaultRequest = JSON.parse(line);
    // Requests are worked on side by side, like the calls of one program.
    void answer(vault, request).then((reply) =>
      process.stdout.write(`${JSON.stringify({ id: request.id, ...reply })}\n`),
    );
  }
}

async function answer(vault: Vault, request: VaultRequest): Promise<object> {
  try {
    return { value: await act(vault, request) };
  } catch (error) {
    const failure = asQboError(error);
    return { error: { code: failure?.code, message: String(failure?.message ?? error), hint: failure?.hint } };
  }
}

async function act(vault: Vault, { method, key = "", value = "", mayAsk = false }: VaultRequest): Promise<unknown> {
  switch (method) {
    case "read":
      return (await vault.read(key))?.reveal() ?? null;
    case "write":
      return vault.write(key, new Secret(value));
    case "remove":
      return vault.remove(key);
    case "probe":
      return vault.probe({ mayAsk });
    case "describe":
      return vault.describe();
  }
  throw new Error("no such method");
}
