import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CheckReport } from "../../src/flows/diagnose/examine.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";

/** Three connections, of which the second has a record that nobody can read. */
async function startDamaged() {
  const intuit = await startEmulatedIntuit();
  await intuit.bringIn(3);
  writeFileSync(join(intuit.world.paths.connections, "c2.json"), "{");
  return intuit;
}

type Report = { connection: string | null; verdict: { cause: string } | null; checks: CheckReport[] };

const findCheck = ({ checks }: Report, id: string) => checks.find((check) => check.id === id);

describe("a damaged record", () => {
  it("costs the others nothing, and is named with what to do about it", async () => {
    const { qbo } = await startDamaged();
    const status = await qbo("status", "--json");
    expect(status.exitCode).toBe(0);
    const { connections } = status.json<{ connections: { name: string }[] }>();
    expect(connections.map(({ name }) => name).toSorted()).toEqual(["c1", "c3"]);
    expect(status.stderr).toMatch(/c2 is damaged.*c2\.json.*qbo login --name c2/);
    expect((await qbo("token", "c1")).exitCode).toBe(0);
    expect((await qbo("history", "c3")).exitCode).toBe(0);
    expect((await qbo("rename", "c3", "c4")).exitCode).toBe(0);
  });

  it("does not let a monitor believe that all is well", async () => {
    const { qbo } = await startDamaged();
    expect((await qbo("status", "--check")).exitCode).toBe(7);
    expect((await qbo("status", "--fail-on", "disconnected")).exitCode).toBe(7);
    expect((await qbo("status", "--check", "c1")).exitCode).toBe(0);
    await qbo("revoke", "c1", "--local-only", "--yes");
    expect((await qbo("status", "--fail-on", "disconnected")).exitCode).toBe(4);
  });

  it("is a finding of the stores' report, and not its end", async () => {
    const { qbo } = await startDamaged();
    const report = await qbo("store", "status", "--json");
    expect([report.exitCode, report.json()]).toMatchObject([
      7,
      { stores: [{ store: "file", connections: 2, checked: 2 }], damaged: [{ connection: "c2" }] },
    ]);
    expect((await qbo("store", "status")).stdout).toMatch(/✗ c2: .*c2\.json.*qbo login --name c2/);
  });

  it("fails alone where many are refreshed", async () => {
    const { qbo, effects } = await startDamaged();
    const refreshed = await qbo("refresh", "--all", "--json");
    expect(refreshed.exitCode).toBe(8);
    expect(refreshed.json()).toMatchObject({ refreshed: 2, failed: 1 });
    expect(refreshed.json()["results"]).toContainEqual(
      expect.objectContaining({ connection: "c2", error: expect.objectContaining({ code: "STORE_CORRUPT" }) }),
    );
    expect((await effects()).refreshes).toBe(2);
  });

  it.each([
    ["what is about it", ["token", "c2"]],
    ["what is about it, by its history", ["history", "c2"]],
    ["what might be about it", ["token"]],
    ["a realm ID that nothing else has", ["token", "123456789"]],
    ["a sign-in, which might be to it", ["login", "--env", "emulator"]],
    ["an import, which might be of it", ["import", "--stdin"]],
  ])("stops %s", async (_what, words) => {
    const { qbo, world } = await startDamaged();
    world.stdin = JSON.stringify({
      environment: "emulator",
      realmId: "9130350000000077",
      refreshToken: "r".repeat(50),
    });
    const stopped = await qbo(...words, "--json");
    expect([stopped.exitCode, stopped.stderr + stopped.stdout]).toEqual([7, expect.stringContaining("STORE_CORRUPT")]);
    expect(stopped.stderr + stopped.stdout).toContain("c2.json");
    expect(world.visits).toEqual([]);
  });

  it("stops a revocation of all before the first", async () => {
    const { qbo, effects } = await startDamaged();
    expect((await qbo("revoke", "--all", "--yes", "--json")).error()).toMatchObject({ code: "STORE_CORRUPT" });
    expect((await effects()).revocations).toBe(0);
  });

  it("keeps the secret of a client that it may need", async () => {
    const { qbo, world } = await startDamaged();
    await qbo("revoke", "c1", "--yes", "--forget");
    const forgotten = await qbo("revoke", "c3", "--yes", "--forget");
    expect(forgotten.stderr).toContain("c2.json");
    world.stdin = "";
    rmSync(join(world.paths.connections, "c2.json"));
    expect((await qbo("app", "list", "--json")).stdout).toContain('"hasSecret": true');
  });

  it("fails a check of the doctor, and warns in those of the others", async () => {
    const { qbo } = await startDamaged();
    const all = await qbo("doctor", "--all", "--offline", "--json");
    const { results } = all.json<{ results: Report[] }>();
    expect([all.exitCode, new Set(results.map(({ connection }) => connection))]).toEqual([
      8,
      new Set(["c1", "c2", "c3"]),
    ]);
    const damaged = results.find(({ connection }) => connection === "c2");
    expect(damaged && findCheck(damaged, "store-access")).toMatchObject({
      status: "fail",
      detail: expect.stringContaining("c2.json"),
      fix: expect.stringContaining("qbo login --name c2"),
    });
    const other = await qbo("doctor", "c1", "--offline", "--json");
    expect(other.exitCode).toBe(0);
    expect(findCheck(other.json<Report>(), "store-access")).toMatchObject({ status: "warn" });
    expect((await qbo("doctor", "c2", "--offline", "--json")).exitCode).toBe(7);
  });
});

describe("a sign-in or an import beside a damaged record", () => {
  /** Three connections, of which the second has a record with an odd field: whose it is can be read all the same. */
  async function startOdd() {
    const intuit = await startEmulatedIntuit();
    await intuit.bringIn(3);
    const path = join(intuit.world.paths.connections, "c2.json");
    const record: { realmId: string; clientId: string } = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...record, connectedAt: "yesterday" }));
    return { ...intuit, path, record };
  }
  const entry = (realmId: string, more = {}) =>
    JSON.stringify({ environment: "emulator", realmId, refreshToken: "r".repeat(50), ...more });

  it("goes on, with a warning, when the record is another connection's for certain", async () => {
    const { qbo, world, record, realms } = await startOdd();
    world.stdin = entry("9130350000000077", { name: "another" });
    const imported = await qbo("import", "--stdin", "--no-refresh", "--json");
    expect([imported.exitCode, imported.stderr]).toEqual([0, expect.stringContaining("c2.json")]);
    const signedIn = await qbo("login", "--env", "emulator", "--json");
    expect([signedIn.exitCode, signedIn.stderr]).toEqual([
      0,
      expect.stringContaining(`It is the record of the company ${record.realmId}, which is left alone.`),
    ]);
    expect(signedIn.json()).toMatchObject({ connection: { realmId: realms[0] }, reconnected: false });
  });

  it("is refused when the record is its own, and no second one comes about", async () => {
    const { qbo, world, record } = await startOdd();
    world.stdin = entry(record.realmId, { name: "another", clientId: record.clientId });
    const refused = (await qbo("import", "--stdin", "--no-refresh", "--json")).error();
    expect(refused).toMatchObject({
      code: "STORE_CORRUPT",
      message: expect.stringContaining("must not be two of one"),
    });
    const { connections } = (await qbo("status", "--json")).json<{ connections: { name: string }[] }>();
    expect(connections.map(({ name }) => name).toSorted()).toEqual(["c1", "c3"]);
  });

  it("takes no damaged record's name", async () => {
    const { qbo, world, path } = await startOdd();
    const before = readFileSync(path, "utf8");
    world.stdin = entry("9130350000000077", { companyName: "C2" });
    const { results } = (await qbo("import", "--stdin", "--no-refresh", "--json")).json<{ results: object[] }>();
    expect(results).toMatchObject([{ connection: "c2-2", outcome: "imported" }]);
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it("goes on to a connection that has a record, whosever the damaged one is", async () => {
    const { qbo, world, signIn, realms } = await startEmulatedIntuit();
    await signIn(undefined, "--name", "acme");
    writeFileSync(join(world.paths.connections, "broken.json"), "{");
    const again = await qbo("login", "acme", "--json");
    expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining("broken.json")]);
    expect(again.json()).toMatchObject({ connection: { name: "acme", realmId: realms[0] }, reconnected: true });
    const { results } = (await qbo("refresh", "acme", "--json")).json<{ results: object[] }>();
    expect(results).toMatchObject([{ outcome: "refreshed" }]);
  });

  it("is possible again on the way that the refusal names", async () => {
    const { qbo, world, path, record, signIn } = await startOdd();
    writeFileSync(path, "{");
    world.stdin = entry("9130350000000077");
    const refused = (await qbo("import", "--stdin", "--no-refresh", "--json")).error();
    expect(refused.message).toContain(path);
    expect(refused.hint).toContain(
      "put it aside as c2.json.damaged and sign in to that company again: qbo login --name c2",
    );
    renameSync(path, `${path}.damaged`);
    expect((await qbo("import", "--stdin", "--no-refresh", "--json")).exitCode).toBe(0);
    const again = await signIn(record.realmId, "--name", "c2", "--json");
    expect(again.json()).toMatchObject({ connection: { name: "c2", realmId: record.realmId } });
    expect((await qbo("token", "c2")).exitCode).toBe(0);
  });
});
