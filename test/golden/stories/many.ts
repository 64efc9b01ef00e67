import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installHelper } from "../../adapters/vault/scripted-helper.ts";
import { startEmulatedIntuit } from "../../world/emulated-intuit.ts";
import type { TestWorld } from "../../world/test-world.ts";
import { createKeeper } from "../told.ts";

/** Several connections of which some fail: the reports about many. */
export async function tellOfMany(kept: Set<string>): Promise<void> {
  const { qbo, world, control, bringIn, advance } = await startEmulatedIntuit();
  const keep = createKeeper(kept, qbo);
  await bringIn(4);
  await keep("refresh-all", "refresh", "--all");
  await advance(60);
  const { connections } = (await qbo("status", "--json")).json<{ connections: { name: string; realmId: string }[] }>();
  const realmId = connections.find(({ name }) => name === "c2")?.realmId;
  await control("disconnect", { realmId });
  await keep("refresh-failed", "refresh", "--all", "--concurrency", "1");
  await advance(60);
  await createKeeper(kept, qbo, [])("refresh-json-lines", "refresh", "--all", "--json-lines");

  world.stdin = [
    { environment: "emulator", name: "kept", realmId: "1", refreshToken: "r" },
    { environment: "emulator", realmId: "no digits", refreshToken: "r" },
  ]
    .map((entry) => JSON.stringify(entry))
    .join("\n");
  await keep("import-failed", "import", "--stdin", "--no-refresh");
  world.stdin = JSON.stringify({ environment: "emulator", name: "kept", realmId: "1", refreshToken: "r" });
  await keep("import", "import", "--stdin", "--no-refresh");
  await keep("import-if-absent", "import", "--stdin", "--no-refresh", "--if-absent");

  await control("faults", { kind: "outage", endpoint: "revoke", count: 1 });
  await keep("revoke-failed", "revoke", "--all", "--yes", "--concurrency", "1");
  await keep("revoke-local-only", "revoke", "c1", "--yes", "--local-only");
}

/** A run that Intuit's throttling ends behind the first of two connections; the same command goes on with the other. */
export async function tellOfContinuedRun(kept: Set<string>): Promise<void> {
  const { qbo, control, bringIn, advance } = await startEmulatedIntuit();
  await bringIn(2);
  // The one that was refreshed earlier is more urgent.
  for (const name of ["c1", "c2"]) {
    await qbo("refresh", name);
    await advance(60);
  }
  const { connections } = (await qbo("status", "c2", "--json")).json<{ connections: { realmId: string }[] }>();
  const [last] = connections;
  await control("faults", { kind: "throttle", endpoint: "token", realmId: last?.realmId, retryAfter: 301, count: 1 });
  await qbo("refresh", "--all", "--concurrency", "1");
  await createKeeper(kept, qbo)("refresh-continued", "refresh", "--all", "--concurrency", "1");
}

/** Two connections and a copy of one in another store; the records of the second, and the facts of a third, are damaged. */
export async function tellOfDamage(kept: Set<string>): Promise<void> {
  const { qbo, world, bringIn } = await startEmulatedIntuit();
  const keep = createKeeper(kept, qbo);
  world.env["PATH"] = installHelper("test").path;
  await bringIn(3);
  const before = listSealed(world);
  world.stdin = JSON.stringify({ environment: "emulator", name: "sealed", realmId: "1", refreshToken: "r" });
  await qbo("import", "--stdin", "--no-refresh");
  for (const name of listSealed(world).filter((each) => !before.includes(each)))
    writeFileSync(join(world.paths.secrets, name), "damaged");
  const [facts, damaged] = ["c1", "c3"].map((name) => join(world.paths.connections, `${name}.json`));
  const held: object = JSON.parse(readFileSync(facts ?? "", "utf8"));
  writeFileSync(facts ?? "", JSON.stringify({ ...held, alsoIn: "helper:test" }));
  writeFileSync(damaged ?? "", "{");

  await keep("status-damaged", "status", "--check");
  await keep("store-status-damaged", "store", "status");
  await keep("error-damaged", "revoke", "--all", "--yes");
  await keep("store-move-failed", "store", "move", "--all", "--to", "helper:test");
  rmSync(damaged ?? "");
  world.stdin = Buffer.alloc(32, 8).toString("base64");
  await keep("store-rekey-failed", "store", "rekey", "--new-key-stdin");
}

const listSealed = ({ paths }: TestWorld) => readdirSync(paths.secrets);
