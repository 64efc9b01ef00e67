import { describe, expect, it } from "vitest";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";

interface Report {
  results: { connection: string; outcome: string; error: { code: string } | null }[];
  refreshed: number;
  unchanged: number;
  failed: number;
  continued: { startedAt: string; done: number } | null;
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
    expect(counts).toEqual({ refreshed: 5, unchanged: 0, failed: 0, continued: null });
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

  it("takes a page that came instead of an answer for no sign that Intuit is well", async () => {
    const { qbo, control } = await startFleet(8);
    for (const [kind, count] of [
      ["outage", 2],
      ["html-error", 1],
      ["outage", 0],
    ] as const) {
      const more = kind === "outage" ? { as: "invalid-grant" } : { status: 200 };
      await control("faults", { kind, count, ...more, endpoint: "token" });
    }
    const outcome = await qbo("refresh", "--all", "--json", "--concurrency", "1");
    const codes = outcome.json<Report>().results.map(({ error }) => error?.code);
    expect(codes.filter((code) => code !== "SERVICE_SUSPECT")).toEqual(["INTUIT_UNEXPECTED_ANSWER"]);
    const { connections } = (await qbo("status", "--json")).json<{ connections: { state: string }[] }>();
    expect(connections.filter(({ state }) => state === "reconnect")).toEqual([]);
  });

  it.each([
    [{ kind: "outage", as: "invalid-grant" }, "reports an incident"],
    [{ kind: "outage", as: "invalid-grant", announced: false }, "reports no incident"],
  ])("takes three rejections in a row for an outage and condemns nobody: %j", async (fault, words) => {
    const { qbo, control, countRequests } = await startFleet(8);
    await control("faults", { ...fault, endpoint: "token", count: 0 });
    const outcome = await qbo("refresh", "--all", "--json", "--concurrency", "1");
    expect(outcome.exitCode).toBe(6);
    // Whoever acts on the results must not ask anybody to sign in again.
    expect(outcome.json<Report>().results.map(({ error }) => error?.code)).toEqual(Array(3).fill("SERVICE_SUSPECT"));
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
    expect(outcome.stderr).toContain("1 of 3 connections failed.");
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
    const outcome = await qbo("refresh", "--all", "--json");
    expect(outcome.error()).toMatchObject({ code: "CANCELLED", exitCode: 130 });
    expect(outcome.json()).toMatchObject({ results: [], refreshed: 0, failed: 0 });
  });

  it("takes the most urgent first", async () => {
    const { qbo, world } = await startFleet(2);
    const soon = new Date(world.clock.now() + 5 * 86_400_000).toISOString();
    world.stdin = JSON.stringify({
      environment: "emulator",
      name: "z-soon",
      realmId: "1",
      refreshToken: "r",
      refreshTokenExpiresAt: soon,
    });
    await qbo("import", "--stdin", "--no-refresh");
    const { results } = (await qbo("refresh", "--all", "--json", "--concurrency", "1")).json<Report>();
    expect(results.map(({ connection }) => connection).toSorted()).toEqual(["c1", "c2", "z-soon"]);
    // The order of the results says little: one is still being stored while the next is asked for.
    const { events } = (await qbo("history", "--json")).json<{ events: { event: string; connection: string }[] }>();
    const first = events.find(({ event }) => event === "refresh-started");
    expect(first?.connection.split("/")[2]).toBe("1");
  });

  it("says so when there is nothing to do", async () => {
    const { qbo } = await startEmulatedIntuit();
    expect((await qbo("refresh", "--all")).stdout).toBe("Nothing was refreshed: no connection fits.\n");
  });

  it("tells a person line by line, and the counts at the end", async () => {
    const { qbo } = await startFleet(2);
    const lines = (await qbo("refresh", "--all", "--concurrency", "1")).stdout.split("\n");
    expect(lines.slice(0, 2).toSorted()).toEqual(["✓ c1: refreshed", "✓ c2: refreshed"]);
    expect(lines.slice(2)).toEqual(["2 refreshed, 0 failed", ""]);
  });

  it("stops for no connection whose environment has moved", async () => {
    const { qbo, world } = await startFleet(2);
    world.env["QBO_EMULATOR_URL"] = "http://127.0.0.1:9";
    const outcome = await qbo("refresh", "--all", "--json");
    expect(outcome.exitCode).toBe(3);
    expect(outcome.json<Report>()).toMatchObject({ failed: 2 });
  });
});

describe("where Intuit throttles", () => {
  it("those who were waiting for their turn are told of to programs, and to nobody who reads what happened", async () => {
    const { qbo, control } = await startFleet(12);
    await control("faults", { kind: "throttle", endpoint: "token", retryAfter: 7, count: 24 });
    expect((await qbo("refresh", "--all", "--json")).exitCode).toBe(0);
    const { events } = (await qbo("history", "--json")).json<{
      events: { event: string; outcome: string | null; connection: string }[];
    }>();
    const withdrawn = events.filter(({ outcome }) => outcome === "not-sent");
    expect(withdrawn.length).toBeGreaterThan(0);
    const begun = events.filter(({ event }) => event === "refresh-started").length;
    const { stdout } = await qbo("history", "--limit", "1000");
    expect(stdout.split("refresh sent").length - 1).toBe(begun - withdrawn.length);
    expect(stdout).not.toContain("not-sent");
  });

  it("all wait as long as it asks, and are tried again", async () => {
    const { qbo, control, countRequests } = await startFleet(3);
    await control("faults", { kind: "throttle", endpoint: "token", retryAfter: 7, count: 5 });
    const outcome = await qbo("refresh", "--all", "--json", "--concurrency", "1");
    expect(outcome.exitCode).toBe(0);
    expect(outcome.json()).toMatchObject({ refreshed: 3, failed: 0 });
    expect(outcome.stderr).toContain("Intuit throttles requests; going on in 7 s.");
    expect(await countRequests("/oauth2/v1/tokens/bearer")).toBe(8);
  });

  it.each([
    ["asks for too long a wait", 301, 1],
    ["never takes anything", 5, 30],
  ])("the run ends when it %s", async (_why, retryAfter, most) => {
    const { qbo, control, countRequests } = await startFleet(6);
    await control("faults", { kind: "throttle", endpoint: "token", retryAfter, count: 0 });
    const outcome = await qbo("refresh", "--all", "--json", "--concurrency", "1");
    expect(outcome.exitCode).toBe(6);
    expect(outcome.error()).toMatchObject({ code: "INTUIT_BUSY", httpStatus: 429 });
    expect(await countRequests("/oauth2/v1/tokens/bearer")).toBeLessThanOrEqual(most);
    await control("faults", undefined, "DELETE");
    expect((await qbo("refresh", "--all", "--json")).json()).toMatchObject({ refreshed: 6 });
  });
});

describe("a run that was cut short", () => {
  /** Four are refreshed, then an outage begins. */
  async function cutShort() {
    const fleet = await startFleet(7);
    for (const name of ["c1", "c2", "c3"]) await fleet.control("disconnect", { realmId: fleet.realmOf(name) });
    const refreshAll = (...words: string[]) => fleet.qbo("refresh", "--all", "--json", "--concurrency", "1", ...words);
    await refreshAll();
    expect((await refreshAll()).json()).toMatchObject({ refreshed: 4, failed: 3 });
    return { ...fleet, refreshAll };
  }

  it("is continued with those that are left", async () => {
    const { refreshAll } = await cutShort();
    const outcome = await refreshAll();
    expect(outcome.stderr).toMatch(/did not finish: 4 of 7 are done, 3 are left/);
    expect(outcome.json<Report>()).toMatchObject({ refreshed: 0, failed: 3, continued: { done: 4 } });
  });

  it("is begun anew with --restart, for another selection, and an hour later", async () => {
    const { refreshAll, advance } = await cutShort();
    expect((await refreshAll("--env", "emulator")).json()).toMatchObject({ refreshed: 4, continued: null });
    expect((await refreshAll("--restart")).json()).toMatchObject({ refreshed: 4, continued: null });
    await advance(3601);
    expect((await refreshAll()).json()).toMatchObject({ refreshed: 4, continued: null });
  });

  it("is forgotten once all have been tried", async () => {
    const { refreshAll, qbo } = await cutShort();
    for (const name of ["c1", "c2", "c3"]) expect((await qbo("refresh", name)).exitCode).toBe(4);
    expect((await refreshAll()).json()).toMatchObject({ failed: 3, continued: { done: 4 } });
    expect((await refreshAll()).json()).toMatchObject({ refreshed: 4, failed: 3, continued: null });
  });
});

describe("a few dead connections side by side", () => {
  it("keep none of the others from their refresh, and are reported once they are marked", async () => {
    const { qbo, control, realmOf } = await startFleet(7);
    for (const name of ["c1", "c2", "c3"]) await control("disconnect", { realmId: realmOf(name) });
    const refreshAll = (...words: string[]) => qbo("refresh", "--all", "--json", "--concurrency", "1", ...words);
    expect((await refreshAll()).error().hint).toContain("4 were not tried");

    expect((await refreshAll()).error()).toMatchObject({ code: "SERVICE_SUSPECT" });
    const { connections } = (await qbo("status", "--state", "ready", "--json")).json<{
      connections: { name: string }[];
    }>();
    expect(connections.map(({ name }) => name)).toEqual(["c4", "c5", "c6", "c7"]);

    for (const name of ["c1", "c2", "c3"]) expect((await qbo("refresh", name)).exitCode).toBe(4);
    const report = await refreshAll("--restart");
    expect(report.exitCode).toBe(8);
    expect(report.json()).toMatchObject({ refreshed: 4, failed: 3 });
  });
});
