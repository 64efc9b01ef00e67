import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installHelper } from "../../adapters/vault/scripted-helper.ts";
import { startEmulatedIntuit } from "../../world/emulated-intuit.ts";
import type { TestWorld } from "../../world/test-world.ts";
import { createKeeper } from "../told.ts";

/** Several connections of which some fail: the reports about many. */
export async function tellOfMany(kept: Set<string>): Promise<void> {
  const { qbo, world, control, bringIn } = await startEmulatedIntuit();
  const keep = createKeeper(kept, qbo);
  await bringIn(4);
  await keep("refresh-all", "refresh", "--all");
  const { connections } = (await qbo("status", "--json")).json<{ connections: { name: string; realmId: string }[] }>();
  const realmId = connections.find(({ name }) => name === "c2")?.realmId;
  await control("disconnect", { realmId });
  await keep("refresh-failed", "refresh", "--all", "--concurrency", "1");
  await createKeeper(kept, qbo, [])("refresh-json-lines", "refresh", "--all", "--json-lines");

  // The first is refreshed, then an outage begins, and the same command goes on with the others.
  await control("faults", { kind: "throttle", endpoint: "token", realmId: connections[2]?.realmId, retryAfter: 301, count: 1 });
  await qbo("refresh", "--all", "--concurrency", "1");
  await keep("refresh-continued", "refresh", "--all", "--concurrency", "1");

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
  await keep("revoke-failed", "revoke", "--all", "--yes");
  await keep("revoke-local-only", "revoke", "c1", "--yes", "--local-only");
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
