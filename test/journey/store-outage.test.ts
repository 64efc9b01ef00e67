import { describe, expect, it } from "vitest";
import { QboError } from "../../src/core/errors.ts";
import type { CredentialStore } from "../../src/core/store-ports.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";

const away = new QboError("STORE_UNAVAILABLE", "The team store x cannot be reached: nothing listens there.", {
  details: { isStoreAway: true },
});
const globals = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };

type Step = "load" | "save";

/** So many connections in a store whose server goes away as soon as so many of them are saved; it is back so many seconds later. */
async function startFleet({ count, after, seconds, at }: { count: number; after: number; seconds: number; at: Step }) {
  const intuit = await startEmulatedIntuit();
  const { world } = intuit;
  await intuit.control("policy", { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
  await intuit.bringIn(count);
  const store = await world.open(globals, () => undefined).openStore("file");
  let [saves, back] = [0, 0];
  const assertThere = (step: Step) => {
    if (saves >= after && back === 0 && step === at) back = world.clock.now() + seconds * 1000;
    if (world.clock.now() < back && (step === "load" || at === "save")) throw away;
  };
  const failing: CredentialStore = {
    ...store,
    async load(id) {
      assertThere("load");
      return store.load(id);
    },
    exclusively: (id, work, wait) =>
      store.exclusively(
        id,
        (held) =>
          work({
            ...held,
            async save(tokens, options) {
              assertThere("save");
              await held.save(tokens, options);
              saves += 1;
            },
          }),
        wait,
      ),
  };
  Object.assign(world.replaced, { openStore: async () => failing });
  return { ...intuit, endOutage: () => (back = 1) };
}

const refreshAll = ["refresh", "--all", "--json", "--concurrency", "2"];
const countWarnings = (text: string) => text.split("Waiting up to 1 min").length - 1;

describe("a store whose server is away for a moment", () => {
  it.each(["load", "save"] as const)("is waited for, and no connection fails: at %s", async (at) => {
    const { qbo, effects } = await startFleet({ count: 6, after: 2, seconds: 20, at });
    const outcome = await qbo(...refreshAll);
    expect({ exitCode: outcome.exitCode, stderr: outcome.stderr }).toEqual({ exitCode: 0, stderr: outcome.stderr });
    expect(outcome.json()).toMatchObject({ refreshed: 6, unchanged: 0, failed: 0 });
    expect(countWarnings(outcome.stderr)).toBe(1);
    expect(outcome.stderr).toContain("The store is back; going on.");
    expect(await effects()).toMatchObject({ refreshes: 6, rejectedRefreshes: 0 });
  });

  it("that stays away ends the run, which is continued later", async () => {
    const { qbo, endOutage, effects } = await startFleet({ count: 6, after: 2, seconds: 3600, at: "load" });
    const outcome = await qbo(...refreshAll, "--env", "emulator");
    expect(outcome.exitCode).toBe(7);
    const { refreshed, failed } = outcome.json<{ refreshed: number; failed: number }>();
    // What was under way is finished.
    expect([refreshed >= 2 && refreshed <= 4, failed]).toEqual([true, 0]);
    const left = 6 - refreshed;
    expect(outcome.error()).toMatchObject({ code: "STORE_UNAVAILABLE", exitCode: 7 });
    expect(outcome.error().message).toContain(
      `${refreshed} of 6 connections were worked through, ${left} were not tried.`,
    );
    expect(outcome.error().hint).toContain("qbo refresh --all --env emulator --concurrency 2");
    endOutage();
    const rest = await qbo(...refreshAll, "--env", "emulator");
    expect(rest.stderr).toContain(`${refreshed} of 6 are done, ${left} are left`);
    expect(rest.json()).toMatchObject({ refreshed: left, failed: 0, continued: { done: refreshed } });
    expect(await effects()).toMatchObject({ refreshes: 6, rejectedRefreshes: 0 });
  });

  it("that stays away says which new tokens it did not take, and where they are", async () => {
    const { qbo, endOutage, effects } = await startFleet({ count: 4, after: 1, seconds: 3600, at: "save" });
    const outcome = await qbo("refresh", "--all", "--json", "--concurrency", "1");
    const { results } = outcome.json<{ results: { connection: string; outcome: string; error: object | null }[] }>();
    const left = 4 - results.length;
    expect(outcome.error().message).toContain(
      `${results.length} of 4 connections were worked through, ${left} were not tried.`,
    );
    expect(left).toBeGreaterThan(0);
    expect(results.slice(0, 2)).toMatchObject([
      { outcome: "refreshed" },
      { outcome: "failed", error: { code: "STORE_UNAVAILABLE", hint: expect.stringContaining("kept, sealed") } },
    ]);
    endOutage();
    expect((await qbo("refresh", "--all", "--json")).json()).toMatchObject({ failed: 0, continued: { done: 1 } });
    expect(await effects()).toMatchObject({ rejectedRefreshes: 0 });
  });
});

describe("qbo revoke --all", () => {
  it("waits for a store whose server is away, too", async () => {
    const { qbo, effects, world } = await startFleet({ count: 3, after: 0, seconds: 0, at: "save" });
    const store = await world.open(globals, () => undefined).openStore("file");
    const back = world.clock.now() + 20_000;
    const exclusively: CredentialStore["exclusively"] = async (...args) => {
      if (world.clock.now() < back) throw away;
      return store.exclusively(...args);
    };
    Object.assign(world.replaced, { openStore: async () => ({ ...store, exclusively }) });
    const outcome = await qbo("revoke", "--all", "--yes", "--json");
    expect(outcome.exitCode).toBe(0);
    expect(countWarnings(outcome.stderr)).toBe(1);
    expect((await effects()).revocations).toBe(3);
  });
});

it("qbo revoke --all revokes nothing twice when the store goes away after Intuit has done its part", async () => {
  const { qbo, effects, world } = await startFleet({ count: 3, after: 99, seconds: 0, at: "load" });
  const store = await world.open(globals, () => undefined).openStore("file");
  let isAway = true;
  const exclusively: CredentialStore["exclusively"] = (id, work, wait) =>
    store.exclusively(
      id,
      (held) =>
        work({
          ...held,
          async remove() {
            if (isAway) {
              isAway = false;
              throw away;
            }
            return held.remove();
          },
        }),
      wait,
    );
  Object.assign(world.replaced, { openStore: async () => ({ ...store, exclusively }) });
  const outcome = await qbo("revoke", "--all", "--yes", "--json", "--concurrency", "1");
  expect(outcome.exitCode).toBe(8);
  const { results } = outcome.json<{ results: object[] }>();
  expect(results[0]).toMatchObject({ remote: "revoked", local: "kept", error: { code: "STORE_UNAVAILABLE" } });
  expect(results.slice(1)).toMatchObject([{ remote: "revoked" }, { remote: "revoked" }]);
  expect((await effects()).revocations).toBe(3);
});

/** Eight connections, every other one in a store whose server is away for so many seconds. */
async function startMixedFleet(seconds: number) {
  const intuit = await startEmulatedIntuit();
  await intuit.bringIn(8);
  const { clock, replaced } = intuit.world;
  const world = intuit.world.open(globals, () => undefined);
  const store = await world.openStore("file");
  for (const name of ["c2", "c4", "c6", "c8"]) {
    await world.facts.update(name, (facts) => ({ ...facts, store: "helper:far" }));
  }
  const back = clock.now() + seconds * 1000;
  const far: CredentialStore = {
    ...store,
    async load(id) {
      if (clock.now() < back) throw away;
      return store.load(id);
    },
  };
  Object.assign(replaced, { openStore: async (name: string) => (name === "file" ? store : far) });
  return intuit;
}

describe.each([1, 3])("while one store is away, with %i at a time", (concurrency) => {
  const args = ["refresh", "--all", "--json", "--concurrency", String(concurrency)];

  it("connections of another one are worked through, and do not pass for its return", async () => {
    const { qbo } = await startMixedFleet(20);
    const outcome = await qbo(...args);
    expect(outcome.exitCode).toBe(0);
    expect(outcome.json()).toMatchObject({ refreshed: 8, failed: 0 });
    expect(countWarnings(outcome.stderr)).toBe(1);
    expect(outcome.stderr.split("The store is back; going on.").length - 1).toBe(1);
  });

  it("connections of another one are worked through also when it stays away", async () => {
    const { qbo } = await startMixedFleet(3600);
    const outcome = await qbo(...args);
    expect(outcome.exitCode).toBe(7);
    expect(outcome.json()).toMatchObject({ refreshed: 4, failed: 0 });
    expect(outcome.error().message).toContain("4 of 8 connections were worked through, 4 were not tried.");
    expect(countWarnings(outcome.stderr)).toBe(1);
  });
});
