import { join } from "node:path";
import { createTrustStore } from "../../../src/adapters/trust-store/trust-store.ts";
import type { HttpAnswer } from "../../../src/core/http.ts";
import { tools } from "../../../src/flows/app-export/app-export.ts";
import { schedulers } from "../../../src/flows/schedule/job.ts";
import { playWindows } from "../../adapters/trust-store/played-tools.ts";
import { installHelper } from "../../adapters/vault/scripted-helper.ts";
import { type EmulatedIntuit, startEmulatedIntuit } from "../../world/emulated-intuit.ts";
import type { TestWorld } from "../../world/test-world.ts";
import { createKeeper } from "../told.ts";

type Keep = ReturnType<typeof createKeeper>;

/** What is set up and kept on a machine, with one connection there. */
export async function tellOfMachine(kept: Set<string>): Promise<void> {
  const intuit = await startEmulatedIntuit();
  const { qbo, signIn, world } = intuit;
  const keep = createKeeper(kept, qbo);
  await tellOfCertificates(keep, world);
  await tellOfPlaces(keep, world);
  world.stdin = Buffer.alloc(32, 8).toString("base64");
  await keep("store-rekey-nothing", "store", "rekey", "--new-key-stdin");
  await signIn(undefined, "--name", "acme");
  await tellOfSettings(keep, world);
  await tellOfStores(keep, intuit);
  await tellOfApi(keep, world);
  await keep("completion", "completion", "bash");
  await tellOfEmulator(keep, world);
}

/** Jobs whose connections would lie in a keychain, in a helper's store, or with the team. */
async function tellOfPlaces(keep: Keep, world: TestWorld): Promise<void> {
  await keep("error-infeasible", "schedule", "--for", "github-actions");
  world.env["QBO_STORE"] = "helper:test";
  await keep("schedule-conditions", "schedule", "--for", "cron");
  world.env["QBO_STORE"] = "postgres://qbo@db.example.com/qbo";
  await keep("schedule-github-actions", "schedule", "--for", "github-actions");
  world.env["QBO_STORE"] = "file";
}

async function tellOfCertificates(keep: Keep, world: TestWorld): Promise<void> {
  const store = createTrustStore({ platform: "win32", env: {}, home: world.folder, run: playWindows([]) });
  Object.assign(world.replaced, { trustStore: async () => store });
  await keep("certs-status-none", "certs", "status");
  await keep("certs-trust", "certs", "trust", "--yes");
  await keep("certs-status", "certs", "status");
  await keep("certs-renew", "certs", "renew");
  await keep("certs-untrust", "certs", "untrust");
}

async function tellOfSettings(keep: Keep, world: TestWorld): Promise<void> {
  world.stdin = "a-secret";
  await keep("app-set", "app", "set", "--env", "sandbox", "--client-id", "abc", "--client-secret-stdin");
  await keep("app-remove", "app", "remove", "sandbox", "--yes");
  await keep("app-list", "app", "list");
  await keep("app-show", "app", "show", "emulator");
  for (const tool of tools) await keep(`app-export-${tool}`, "app", "export", "emulator", "--for", tool);
  for (const name of schedulers.filter((each) => each !== "github-actions"))
    await keep(`schedule-${name}`, "schedule", "--for", name);
  await keep("schedule-output", "schedule", "--for", "cron", "--output", join(world.folder, "jobs"));
  await keep("relay", "relay");
  await keep("relay-output", "relay", "--to", "https://localhost:8722/callback", "--output", join(world.folder, "relay.html"));
  await keep("config-set", "config", "set", "connection", "acme");
  await keep("config-list", "config", "list");
  await keep("config-get", "config", "get", "store");
  await keep("config-unset", "config", "unset", "connection");
}

async function tellOfStores(keep: Keep, { qbo, world }: EmulatedIntuit): Promise<void> {
  await keep("store-keygen", "store", "keygen");
  await keep("store-status", "store", "status");
  await keep("store-move-unchanged", "store", "move", "acme", "--to", "file");
  const newKey = Buffer.alloc(32, 9).toString("base64");
  world.stdin = newKey;
  await keep("store-rekey", "store", "rekey", "--new-key-stdin");
  world.env["QBO_STORE_KEY"] = newKey;
  world.stdin = "a-secret";
  await qbo("app", "set", "--env", "sandbox", "--client-id", "abc", "--client-secret-stdin");
  world.env["PATH"] = installHelper("test").path;
  await keep("store-move", "store", "move", "--all", "--to", "helper:test");
}

/** What Intuit's API gives besides JSON, which the emulator does not. */
async function tellOfApi(keep: Keep, world: TestWorld): Promise<void> {
  await keep("api", "api", "--query", "select count(*) from Customer");
  const answer = (parts: Partial<HttpAnswer>) => {
    const send = async (): Promise<HttpAnswer> => ({ status: 200, headers: { "content-type": "x" }, body: "", ...parts });
    Object.assign(world.replaced, { http: async () => ({ send }) });
  };
  answer({ bytes: Buffer.from([0x25, 0x50, 0xff]) });
  await keep("api-base64", "api", "invoice/1/pdf");
  answer({ body: "<html>" });
  await keep("api-text", "api", "invoice/1");
}

/** It says where it listens, and an interruption is its ordinary end. */
async function tellOfEmulator(keep: Keep, world: TestWorld): Promise<void> {
  world.interruption.abort();
  await keep("emulator", "emulator", "--port", "0");
  await keep("emulator-http", "emulator", "--port", "0", "--http");
}
