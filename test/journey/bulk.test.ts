import { describe, expect, it } from "vitest";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";

interface Report {
  results: { connection: string; outcome: string; error: { code: string } | null }[];
  refreshed: number;
  unchanged: number;
  failed: number;
}

async function startFleet(count: number) {
  const intuit = await startEmulatedIntuit();
  await intuit.bringIn(count);
  const { connections } = (await intuit.qbo("status", "--json")).json<{
    connections: { name: string; realmId: string }[];
  }>();
  const realmOf = (name: string) => connections.find((connection) => connection.name === name)?.realmId;
  return { ...intuit, realmOf };
}

describe("qbo refresh --all", () => {
  it("refreshes every connection but the disconnected ones", async () => {
    const { qbo } = await startFleet(6);
    await qbo("revoke", "c3", "--local-only", "--yes");
    const outcome = await qbo("refresh", "--all", "--json");
    expect(outcome.exitCode).toBe(0);
    const { results, ...counts } = outcome.json<Report>();
    expect(counts).toEqual({ refreshed: 5, unchanged: 0, failed: 0 });
    expect(results.map(({ connection }) => connection).toSorted()).toEqual(["c1", "c2", "c4", "c5", "c6"]);
  });

  it("stops for no dead connection, marks it, and exits 8", async () => {
    const { qbo, control, realmOf } = await startFleet(5);
    await control("disconnect", { realmId: realmOf("c2") });
    const outcome = await qbo("refresh", "--all", "--json", "--concurrency", "1");
    expect(outcome.exitCode).toBe(8);
    const report = outcome.json<Report>();
    expect(report).toMatchObject({ refreshed: 4, failed: 1 });
    expect(report.results.find(({ connection }) => connection === "c2")).toMatchObject({
      outcome: "failed",
      error: { code: "REFRESH_REJECTED", exitCode: 4 },
    });
    const status = await qbo("status", "c2", "--json");
    expect(status.json()).toMatchObject({ connections: [{ state: "reconnect" }] });
  });

  it("exits with the one code when all failed alike", async () => {
    const { qbo, control } = await startFleet(2);
    await control("faults", { kind: "outage", endpoint: "token", count: 0 });
    expect((await qbo("refresh", "--all", "--json")).exitCode).toBe(6);
  });

  it.each([
    [{ kind: "outage", as: "invalid-grant" }, "reports an incident"],
    [{ kind: "outage", as: "invalid-grant", announced: false }, "reports no incident"],
  ])("takes three rejections in a row for an outage and condemns nobody: %j", async (fault, words) => {
    const { qbo, control, countRequests } = await startFleet(8);
    await control("faults", { ...fault, endpoint: "token", count: 0 });
    const outcome = await qbo("refresh", "--all", "--json", "--concurrency", "1");
    expect(outcome).toMatchObject({ exitCode: 6, stdout: "" });
    expect(outcome.error().code).toBe("SERVICE_SUSPECT");
    expect(outcome.error().message).toContain(words);
    expect(outcome.error().hint).toContain("5 were not tried");
    expect(await countRequests("/oauth2/v1/tokens/bearer")).toBe(3);

    await control("faults", undefined, "DELETE");
    const { connections } = (await qbo("status", "--json")).json<{ connections: { state: string }[] }>();
    expect(new Set(connections.map(({ state }) => state))).toEqual(new Set(["stale"]));
    expect((await qbo("refresh", "--all")).exitCode).toBe(0);
  });

  it("answers for every connection, also when the row of rejections is broken while others wait", async () => {
    const { qbo, control, realmOf } = await startFleet(12);
    for (const name of ["c1", "c10", "c11"]) await control("disconnect", { realmId: realmOf(name) });
    // The fourth request is under way, slowly, while the first three are rejected; its success breaks the row.
    await control("faults", { kind: "slow", endpoint: "token", realmId: realmOf("c12"), ms: 300, count: 1 });
    const outcome = await qbo("refresh", "--all", "--json", "--concurrency", "4");
    expect(outcome.exitCode).toBe(8);
    expect(outcome.json<Report>()).toMatchObject({ refreshed: 9, failed: 3 });
    expect(outcome.json<Report>().results).toHaveLength(12);
  });

  it("writes each result as it comes with --json-lines", async () => {
    const { qbo, control, realmOf } = await startFleet(3);
    await control("disconnect", { realmId: realmOf("c1") });
    const outcome = await qbo("refresh", "--all", "--json-lines");
    expect(outcome.exitCode).toBe(8);
    const lines = outcome.stdout.trimEnd().split("\n");
    const parsed: Report["results"] = lines.map((line) => JSON.parse(line));
    expect(parsed.map(({ connection }) => connection).toSorted()).toEqual(["c1", "c2", "c3"]);
    expect(parsed.find(({ connection }) => connection === "c1")?.error).toMatchObject({ code: "REFRESH_REJECTED" });
  });

  it("takes only those that expire soon with --expiring-within", async () => {
    const { qbo, advance, signIn } = await startEmulatedIntuit();
    await signIn(undefined, "--name", "acme");
    const count = async (within: string) =>
      (await qbo("refresh", "--expiring-within", within, "--json")).json<Report>();
    expect(await count("30d")).toMatchObject({ results: [], refreshed: 0 });
    await advance(80 * 86_400);
    expect(await count("10d")).toMatchObject({ results: [] });
    expect(await count("30d")).toMatchObject({ refreshed: 1 });
  });

  it("is interrupted between two connections", async () => {
    const { qbo, world } = await startFleet(3);
    world.interruption.abort();
    expect((await qbo("refresh", "--all", "--json")).error()).toMatchObject({ code: "CANCELLED", exitCode: 130 });
  });
});

describe("a few dead connections side by side", () => {
  it("keep none of the others from their refresh, and are reported once they are marked", async () => {
    const { qbo, control, realmOf } = await startFleet(7);
    for (const name of ["c1", "c2", "c3"]) await control("disconnect", { realmId: realmOf(name) });
    const refreshAll = () => qbo("refresh", "--all", "--json", "--concurrency", "1");
    expect((await refreshAll()).error().hint).toContain("4 were not tried");

    expect((await refreshAll()).error()).toMatchObject({ code: "SERVICE_SUSPECT" });
    const { connections } = (await qbo("status", "--state", "ready", "--json")).json<{
      connections: { name: string }[];
    }>();
    expect(connections.map(({ name }) => name)).toEqual(["c4", "c5", "c6", "c7"]);

    for (const name of ["c1", "c2", "c3"]) expect((await qbo("refresh", name)).exitCode).toBe(4);
    const report = await refreshAll();
    expect(report.exitCode).toBe(8);
    expect(report.json()).toMatchObject({ refreshed: 4, failed: 3 });
  });
});
