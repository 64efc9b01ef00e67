import { rmSync, writeFileSync } from "node:fs";
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
