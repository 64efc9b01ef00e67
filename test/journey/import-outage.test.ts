import { describe, expect, it } from "vitest";
import { QboError } from "../../src/core/errors.ts";
import type { CredentialStore } from "../../src/core/store-ports.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";

const away = new QboError("STORE_UNAVAILABLE", "The team store x cannot be reached: nothing listens there.", {
  details: { isStoreAway: true },
});
const globals = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };
const day = 86_400_000;

/** Three entries, and a store whose server goes away before one of the saves, for so many seconds. The first save of an entry is its own. */
async function openScene({ atSave, seconds }: { atSave: number; seconds: number }) {
  const intuit = await startEmulatedIntuit();
  const { world } = intuit;
  await intuit.control("policy", { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
  const { connections } = await intuit.control("seed", { connections: 3 });
  const entries = (Array.isArray(connections) ? connections : []).map((granted, index) => ({
    ...granted,
    environment: "emulator",
    name: `c${index + 1}`,
    rotatedAt: new Date(world.clock.now() - day).toISOString(),
  }));
  world.stdin = entries.map((entry) => JSON.stringify(entry)).join("\n");
  const store = await world.open(globals, () => undefined).openStore("file");
  let [saves, back] = [0, 0];
  const assertThere = () => {
    if (saves === atSave - 1 && back === 0) back = world.clock.now() + seconds * 1000;
    if (world.clock.now() < back) throw away;
  };
  const exclusively: CredentialStore["exclusively"] = async (id, work, wait) => {
    if (world.clock.now() < back) throw away;
    return store.exclusively(
      id,
      (held) =>
        work({
          ...held,
          async save(tokens, options) {
            assertThere();
            await held.save(tokens, options);
            saves += 1;
          },
        }),
      wait,
    );
  };
  Object.assign(world.replaced, { openStore: async () => ({ ...store, exclusively }) });
  return { ...intuit, entries, endOutage: () => (back = 1) };
}

const importAll = ["import", "--stdin", "--json"];

describe("an import into a store whose server is away for a moment", () => {
  it.each([
    ["a given token is to be stored", 3],
    ["what proves it is to be stored", 4],
  ])("waits for it, and sends no token twice: when %s", async (_when, atSave) => {
    const { qbo, effects, advance } = await openScene({ atSave, seconds: 20 });
    const outcome = await qbo(...importAll);
    expect(outcome.exitCode).toBe(0);
    const imported = { outcome: "imported", proven: true, error: null };
    expect(outcome.json()).toEqual({
      results: ["c1", "c2", "c3"].map((connection) => ({ connection, ...imported })),
    });
    expect(outcome.stderr.split("Waiting up to 1 min").length - 1).toBe(1);
    expect(outcome.stderr).toContain("The store is back; going on.");
    expect(outcome.stderr).not.toContain("keeps the token");
    expect(await effects()).toMatchObject({ refreshes: 3, rejectedRefreshes: 0 });
    await advance(7200);
    expect((await qbo("refresh", "--all", "--json")).json()).toMatchObject({ refreshed: 3, failed: 0 });
  });

  it("does so for a token that comes in the place of another one", async () => {
    const { qbo, effects, world, entries } = await openScene({ atSave: 2, seconds: 20 });
    const [entry] = entries;
    world.stdin = JSON.stringify({ ...entry, refreshToken: "an-older-one", rotatedAt: new Date(0).toISOString() });
    expect((await qbo(...importAll, "--no-refresh")).exitCode).toBe(0);
    world.stdin = JSON.stringify(entry);
    const outcome = await qbo(...importAll);
    expect(outcome.json()).toMatchObject({ results: [{ outcome: "imported", proven: true }] });
    expect(outcome.stderr).toContain("The store is back; going on.");
    expect(await effects()).toMatchObject({ refreshes: 1, rejectedRefreshes: 0 });
  });

  it("ends when it stays away, says what is left, and can be repeated", async () => {
    const { qbo, effects, endOutage } = await openScene({ atSave: 3, seconds: 3600 });
    const outcome = await qbo(...importAll, "--no-refresh", "--env", "emulator");
    expect(outcome.exitCode).toBe(7);
    expect(outcome.json()).toMatchObject({ results: [{ connection: "c1" }, { connection: "c2" }] });
    const { code, message, hint } = outcome.error();
    expect(code).toBe("STORE_UNAVAILABLE");
    expect(message).toContain("2 of 3 entries were worked through, 1 were not tried.");
    expect(hint).toContain("qbo import --stdin --env emulator --no-refresh");
    endOutage();
    expect((await qbo(...importAll)).exitCode).toBe(0);
    expect((await qbo("status", "--json")).json()).toMatchObject({ connections: [{}, {}, {}] });
    expect(await effects()).toMatchObject({ rejectedRefreshes: 0 });
  });

  it("says where new tokens lie that it did not take in the end, and tells of a single entry as an error", async () => {
    const scene = await openScene({ atSave: 4, seconds: 3600 });
    const { results } = (await scene.qbo(...importAll)).json<{ results: object[] }>();
    expect(results).toMatchObject([
      { outcome: "imported" },
      { outcome: "failed", error: { code: "STORE_UNAVAILABLE", hint: expect.stringContaining("kept, sealed") } },
    ]);
    const other = await openScene({ atSave: 1, seconds: 3600 });
    other.world.stdin = JSON.stringify(other.entries[0]);
    const refused = await other.qbo(...importAll);
    expect(refused).toMatchObject({ exitCode: 7, stdout: "" });
    expect(refused.error()).toMatchObject({ code: "STORE_UNAVAILABLE" });
  });
});
