import { describe, expect, it } from "vitest";
import { startEmulatedIntuit, type EmulatedIntuit } from "../world/emulated-intuit.ts";
import { runQbo, type Json, type Outcome } from "../world/run-qbo.ts";
import { whileSaving } from "../world/while-saving.ts";

/** An Intuit that replaces the token at each refresh and ends the chain when an old one comes back, and a company that somebody connected. */
async function openScene(): Promise<EmulatedIntuit & { grant: () => Promise<Json> }> {
  const intuit = await startEmulatedIntuit();
  await intuit.control("policy", { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
  return {
    ...intuit,
    async grant() {
      const { connections } = await intuit.control("seed", { connections: 1 });
      const [granted] = Array.isArray(connections) ? connections : [];
      return { environment: "emulator", name: "acme", ...granted };
    },
  };
}

async function bringIn({ world }: EmulatedIntuit, entry: unknown, ...words: string[]): Promise<Outcome> {
  world.stdin = typeof entry === "string" ? entry : JSON.stringify(entry);
  return runQbo(["import", "--stdin", "--json", ...words], world);
}

const results = (outcome: Outcome) => outcome.json<{ results: Json[] }>().results;
const imported = { connection: "acme", outcome: "imported", proven: true, error: null };

describe("an import is proved", () => {
  it("by one refresh, after which the token works and the status tells it", async () => {
    const scene = await openScene();
    const outcome = await bringIn(scene, await scene.grant());
    expect(results(outcome)).toEqual([imported]);
    expect(await scene.effects()).toMatchObject({ refreshes: 1, rejectedRefreshes: 0 });
    expect((await scene.qbo("token")).exitCode).toBe(0);
    expect((await scene.qbo("status", "--json")).json()).toMatchObject({
      connections: [{ state: "ready", lastRefresh: { outcome: "ok" } }],
    });
    expect(await scene.effects()).toMatchObject({ refreshes: 1 });
    const { events } = (await scene.qbo("history", "--json")).json<{ events: Json[] }>();
    expect(events.map(({ event }) => event)).toEqual(["imported", "refresh-started", "refreshed"]);
  });

  it("in words that say what became of the copy", async () => {
    const scene = await openScene();
    scene.world.stdin = JSON.stringify(await scene.grant());
    expect((await scene.qbo("import", "--stdin")).stdout).toContain("Intuit has replaced the token");
    await scene.control("policy", { rotateAfterSeconds: 86_400 });
    scene.world.stdin = JSON.stringify({ ...(await scene.grant()), name: "beta" });
    expect((await scene.qbo("import", "--stdin")).stdout).toContain("left the token as it is for now");
  });

  it("not with --no-refresh, nor where what is stored is kept", async () => {
    const scene = await openScene();
    const entry = await scene.grant();
    expect(results(await bringIn(scene, entry, "--no-refresh"))).toEqual([{ ...imported, proven: false }]);
    expect(results(await bringIn(scene, entry, "--if-absent"))).toEqual([
      { ...imported, outcome: "kept", proven: false },
    ]);
    expect(await scene.effects()).toMatchObject({ refreshes: 0 });
    expect((await scene.qbo("status")).stdout).toContain("never; connected just now");
    // The same token once more, with the wish to have it proved.
    expect(results(await bringIn(scene, entry))).toEqual([imported]);
    expect(results(await bringIn(scene, entry))).toMatchObject([{ outcome: "kept" }]);
    expect(await scene.effects()).toMatchObject({ refreshes: 1, rejectedRefreshes: 0 });
  });

  it("and writes over no connection that has got the name meanwhile", async () => {
    const scene = await openScene();
    const entry = await scene.grant();
    const old = { ...entry, refreshToken: "RT1-old", rotatedAt: "2020-01-01T00:00:00Z" };
    await bringIn(scene, old, "--no-refresh");
    await bringIn(scene, { ...(await scene.grant()), name: "beta" }, "--no-refresh");
    whileSaving(scene.world, async () => {
      await scene.qbo("rename", "acme", "renamed");
      await scene.qbo("rename", "beta", "acme");
    });
    await bringIn(scene, { ...entry, rotatedAt: "2021-01-01T00:00:00Z" });
    const { connections } = (await scene.qbo("status", "--json")).json<{ connections: Json[] }>();
    expect(connections).toHaveLength(2);
    for (const { name, realmId } of connections) expect(realmId === entry["realmId"]).toBe(name === "renamed");
    for (const name of ["acme", "renamed"]) expect(await scene.qbo("token", name)).toMatchObject({ exitCode: 0 });
  });

  it("a token that Intuit rejects fails, and the connection is there with its mark", async () => {
    const scene = await openScene();
    const entry = await scene.grant();
    expect((await bringIn(scene, { ...entry, refreshToken: "RT1-wrong" })).error()).toMatchObject({
      code: "REFRESH_REJECTED",
      exitCode: 4,
      connection: "acme",
    });
    expect((await scene.qbo("status", "--json")).json()).toMatchObject({
      connections: [{ name: "acme", state: "reconnect" }],
    });
    // The right one, of unknown age, takes the place of one that was rejected.
    expect(results(await bringIn(scene, entry))).toEqual([imported]);
  });

  it.each([
    ["nobody answers", "dropped-request"],
    ["Intuit is out of order", "outage"],
  ])("%s: it is imported all the same, and a warning tells that it is not proved", async (_what, kind) => {
    const scene = await openScene();
    const entry = await scene.grant();
    await scene.control("faults", { kind, count: 1 });
    const outcome = await bringIn(scene, entry);
    expect(results(outcome)).toEqual([{ ...imported, proven: false }]);
    expect(outcome.stderr).toContain("its token is not proved");
    scene.world.clock.advance(60);
    expect((await scene.qbo("refresh")).exitCode).toBe(0);
  });

  it("without a client secret nothing is sent or stored; with a wrong one it is told, and the right one mends it", async () => {
    const scene = await openScene();
    const app = { clientId: "own-client", clientSecret: "own-client-secret" };
    const foreign = { ...(await scene.grant()), clientId: app.clientId };
    const refused = (await bringIn(scene, foreign)).error();
    expect(refused).toMatchObject({ code: "APP_NOT_CONFIGURED", hint: expect.stringContaining("--no-refresh") });
    expect((await scene.qbo("status", "--json")).json()).toEqual({ connections: [] });
    expect((await bringIn(scene, { ...foreign, clientSecret: "wrong-secret" })).error()).toMatchObject({
      code: "CLIENT_REJECTED",
      exitCode: 5,
    });
    expect((await scene.qbo("app", "list", "--json")).stdout).not.toContain("own-client");
    await scene.control("app", app);
    const again = await bringIn(scene, { ...foreign, clientSecret: app.clientSecret });
    // The keys are right now, and the token belongs to other ones.
    expect(again.error()).toMatchObject({ code: "REFRESH_REJECTED" });
  });
});

describe("where a token is stored already", () => {
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

  it("a newer one that Intuit rejects does not take its place", async () => {
    const scene = await openScene();
    await bringIn(scene, await scene.grant());
    const stored = (await scene.qbo("token")).stdout;
    await scene.control("policy", { oldRefreshTokens: "reject" });
    const { connections } = (await scene.qbo("status", "--json")).json<{ connections: { realmId: string }[] }>();
    const given = {
      environment: "emulator",
      realmId: connections[0]?.realmId,
      refreshToken: "RT1-wrong",
      rotatedAt: inAnHour(),
    };
    const refused = await bringIn(scene, given);
    expect(refused.error()).toMatchObject({
      code: "REFRESH_REJECTED",
      hint: expect.stringContaining("stays as it is"),
    });
    expect((await scene.qbo("status", "--json")).json()).toMatchObject({
      connections: [{ state: "ready", lastRefresh: { outcome: "ok" } }],
    });
    expect((await scene.qbo("token")).stdout).toBe(stored);
    expect((await scene.qbo("refresh")).exitCode).toBe(0);
  });

  it("a newer one that works does, and what comes back for it is stored", async () => {
    const scene = await openScene();
    const entry = await scene.grant();
    await bringIn(scene, { ...entry, refreshToken: "RT1-stale", rotatedAt: "2026-01-01T00:00:00Z" }, "--no-refresh");
    expect(results(await bringIn(scene, { ...entry, rotatedAt: inAnHour() }))).toEqual([imported]);
    expect(await scene.effects()).toMatchObject({ refreshes: 1, rejectedRefreshes: 0 });
    expect((await scene.qbo("refresh")).exitCode).toBe(0);
  });

  it("an unreachable Intuit changes nothing", async () => {
    const scene = await openScene();
    const entry = await scene.grant();
    await bringIn(scene, { ...entry, refreshToken: "RT1-stale", rotatedAt: "2026-01-01T00:00:00Z" }, "--no-refresh");
    await scene.control("faults", { kind: "outage", count: 1 });
    const outcome = await bringIn(scene, { ...entry, rotatedAt: inAnHour() });
    expect(outcome.error()).toMatchObject({ exitCode: 6, connection: "acme" });
    expect(results(await bringIn(scene, { ...entry, rotatedAt: inAnHour() }))).toEqual([imported]);
  });

  it("a record that no facts belong to is kept, and found again", async () => {
    const scene = await openScene();
    const entry = await scene.grant();
    await bringIn(scene, entry);
    const open = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };
    await scene.world.open(open, () => undefined).facts.remove("acme");
    const outcome = await bringIn(scene, entry);
    expect(results(outcome)).toEqual([{ ...imported, outcome: "kept", proven: false }]);
    expect(outcome.stderr).toContain("does not say how old it is");
    expect((await scene.qbo("refresh")).exitCode).toBe(0);
    expect(await scene.effects()).toMatchObject({ refreshes: 2, rejectedRefreshes: 0 });
  });

  it("a newer one that takes the place of a record without facts is found", async () => {
    const scene = await openScene();
    const entry = await scene.grant();
    await bringIn(scene, { ...entry, refreshToken: "RT1-stale", rotatedAt: "2026-01-01T00:00:00Z" }, "--no-refresh");
    const open = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };
    await scene.world.open(open, () => undefined).facts.remove("acme");
    expect(results(await bringIn(scene, { ...entry, rotatedAt: inAnHour() }))).toEqual([imported]);
    expect((await scene.qbo("refresh", "acme")).exitCode).toBe(0);
  });

  it("stays in its store", async () => {
    const scene = await openScene();
    const entry = await scene.grant();
    await bringIn(scene, entry, "--no-refresh");
    const moved = { ...entry, refreshToken: "RT1-newer", rotatedAt: inAnHour() };
    expect((await bringIn(scene, moved, "--store", "keychain")).error()).toMatchObject({ code: "USAGE" });
    expect((await bringIn(scene, { ...moved, realmId: "77" }, "--store", "nowhere")).error()).toMatchObject({
      code: "CONFIG_INVALID",
    });
  });
});

describe("an import of many", () => {
  async function openMany(count: number) {
    const scene = await openScene();
    const { connections } = await scene.control("seed", { connections: count });
    const granted: Json[] = Array.isArray(connections) ? connections : [];
    const entries = granted.map((entry, index) => ({ environment: "emulator", ...entry, name: `c${index + 1}` }));
    return { ...scene, entries };
  }
  const states = async ({ qbo }: EmulatedIntuit) => {
    const { connections } = (await qbo("status", "--json")).json<{ connections: { name: string; state: string }[] }>();
    return Object.fromEntries(connections.map(({ name, state }) => [name, state]));
  };

  it("takes three rejections in a row for an outage, stops, and condemns nobody", async () => {
    const scene = await openMany(6);
    await scene.control("faults", { kind: "outage", as: "invalid-grant", endpoint: "token", count: 0 });
    const outcome = await bringIn(scene, scene.entries);
    expect(outcome.exitCode).toBe(6);
    expect(results(outcome).map(({ error }) => error)).toMatchObject(
      Array.from({ length: 3 }, () => ({
        code: "SERVICE_SUSPECT",
        hint: expect.stringContaining("qbo import --stdin"),
      })),
    );
    expect(outcome.error()).toMatchObject({ code: "SERVICE_SUSPECT", exitCode: 6 });
    expect(outcome.error().hint).toContain("3 were not tried");
    expect(await states(scene)).toEqual({ c1: "ready", c2: "ready", c3: "ready" });

    await scene.control("faults", undefined, "DELETE");
    const again = await bringIn(scene, scene.entries);
    expect(again.exitCode).toBe(0);
    expect(results(again)).toMatchObject(Array.from({ length: 6 }, () => ({ outcome: "imported", proven: true })));
    expect(Object.values(await states(scene))).toEqual(Array(6).fill("ready"));
  });

  it("believes a few rejections, and more of them once another token was taken", async () => {
    const scene = await openMany(6);
    const dead = (index: number) => ({ ...scene.entries[index], refreshToken: `RT1-dead-${index}` });
    const [, , third, , , sixth] = scene.entries;
    const outcome = await bringIn(scene, [dead(0), dead(1), third, dead(3), dead(4), sixth]);
    expect(outcome.exitCode).toBe(8);
    const rejected = { outcome: "failed", error: { code: "REFRESH_REJECTED" } };
    const taken = { outcome: "imported", error: null };
    expect(results(outcome)).toMatchObject([rejected, rejected, taken, rejected, rejected, taken]);
    const { c3, c6, ...others } = await states(scene);
    expect([c3, c6, ...Object.values(others)]).toEqual(["ready", "ready", ...Array(4).fill("reconnect")]);
  });
});
