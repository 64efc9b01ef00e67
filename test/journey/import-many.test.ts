import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatConnectionId } from "../../src/core/connection.ts";
import type { CredentialStore } from "../../src/core/store-ports.ts";
import type { World } from "../../src/core/world.ts";
import { exampleFacts } from "../core/example-facts.ts";
import { runQbo, type Outcome } from "../world/run-qbo.ts";
import { createTestWorld, type TestWorld } from "../world/test-world.ts";
import { whileSaving } from "../world/while-saving.ts";

const globals = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };
const openDoors = (world: TestWorld): World => world.open(globals, () => undefined);

interface Entry {
  realmId: string;
  refreshToken: string;
  clientId?: string;
  companyName?: string;
  name?: string;
  rotatedAt?: string;
}

/** An entry about a company of its own. */
const about = (number: number, more: Partial<Entry> = {}): Entry => ({
  realmId: `91303500${String(number).padStart(8, "0")}`,
  refreshToken: `refresh-${number}`,
  ...more,
});
const several = (count: number, from = 1) => Array.from({ length: count }, (_, index) => about(from + index));

async function bringIn(world: TestWorld, entries: readonly Entry[], ...words: string[]): Promise<Outcome> {
  world.stdin = JSON.stringify(entries.map((entry) => ({ environment: "sandbox", clientId: "ABc123", ...entry })));
  return runQbo(["import", "--stdin", "--json", ...(words.length > 0 ? words : ["--no-refresh"])], world);
}

const readResults = (outcome: Outcome) =>
  outcome
    .json<{ results: { connection: string; outcome: string; error: { code: string } | null }[] }>()
    .results.map(({ connection, outcome: end, error }) => [connection, error?.code ?? end]);

/** Which company each connection is about. */
async function readConnections(world: TestWorld): Promise<Record<string, string>> {
  const { connections } = (await runQbo(["status", "--json"], world)).json<{
    connections: { name: string; realmId: string }[];
  }>();
  return Object.fromEntries(connections.map(({ name, realmId }) => [name, realmId]));
}

/** Does `act`, as another process would, just before the connection of the so-manieth entry is held. */
async function meanwhile(world: TestWorld, entry: number, act: () => Promise<unknown>): Promise<void> {
  const doors = openDoors(world);
  let held = 0;
  const open = async (name: string): Promise<CredentialStore> => {
    const store = await doors.openStore(name);
    return {
      ...store,
      async exclusively(id, work, wait) {
        held += 1;
        if (held === entry) await act();
        return store.exclusively(id, work, wait);
      },
    };
  };
  Object.assign(world.replaced, { openStore: open });
}

describe("an import beside another process", () => {
  it("makes no second record of a connection that is renamed while its tokens are stored", async () => {
    const world = createTestWorld();
    whileSaving(world, () => runQbo(["rename", "company-0001", "renamed"], world));
    expect(readResults(await bringIn(world, several(1)))).toEqual([["renamed", "imported"]]);
    expect(await readConnections(world)).toEqual({ renamed: about(1).realmId });
    const { connections } = (await runQbo(["status", "--json"], world)).json<{ connections: { state: string }[] }>();
    expect(connections).toMatchObject([{ state: "stale" }]);
  });

  it("leaves a record to the sign-in that has taken it to another store meanwhile", async () => {
    const world = createTestWorld();
    await bringIn(world, several(1));
    const { facts } = openDoors(world);
    whileSaving(world, () => facts.update("company-0001", (found) => ({ ...found, store: "keychain" })));
    await bringIn(world, [about(1, { refreshToken: "newer", rotatedAt: "2100-01-01T00:00:00Z" })]);
    expect(await facts.read("company-0001")).toMatchObject({ store: "keychain" });
  });

  it("writes over no record that has come under the name meanwhile", async () => {
    const world = createTestWorld();
    await bringIn(world, [about(2)]);
    whileSaving(world, async () => {
      await runQbo(["rename", "company-0001", "renamed"], world);
      await runQbo(["rename", "company-0002", "company-0001"], world);
    });
    expect(readResults(await bringIn(world, several(1)))).toEqual([["renamed", "imported"]]);
    expect(await readConnections(world)).toEqual({ renamed: about(1).realmId, "company-0001": about(2).realmId });
  });

  it("makes no second record of a connection that the other one has just brought in", async () => {
    const world = createTestWorld();
    await meanwhile(world, 2, () => bringIn(world, [about(2, { name: "theirs" })]));
    expect(readResults(await bringIn(world, several(3)))).toEqual([
      ["company-0001", "imported"],
      ["theirs", "kept"],
      ["company-0003", "imported"],
    ]);
    expect(Object.keys(await readConnections(world)).toSorted()).toEqual(["company-0001", "company-0003", "theirs"]);
  });

  it("nor of one whose record the other one has made, and then broke off", async () => {
    const world = createTestWorld();
    const { realmId } = about(2);
    const id = formatConnectionId({ environment: "sandbox", clientId: "ABc123", realmId });
    const begun = { ...exampleFacts, id, realmId, name: "theirs", isPending: true };
    await meanwhile(world, 2, () => openDoors(world).facts.create(begun));
    expect(readResults(await bringIn(world, several(2)))).toEqual([
      ["company-0001", "imported"],
      ["theirs", "imported"],
    ]);
    expect(Object.keys(await readConnections(world)).toSorted()).toEqual(["company-0001", "theirs"]);
  });

  it("takes no name that the other one has just taken", async () => {
    const world = createTestWorld();
    await meanwhile(world, 2, () => bringIn(world, [about(9, { name: "company-0002" })]));
    expect(readResults(await bringIn(world, [about(1), about(2), about(3, { name: "company-0002" })]))).toEqual([
      ["company-0001", "imported"],
      ["company-0002-2", "imported"],
      ["company-0002", "USAGE"],
    ]);
    expect(await readConnections(world)).toMatchObject({ "company-0002": about(9).realmId });
  });

  it("takes the next name when the other one is quicker by nothing", async () => {
    const world = createTestWorld();
    const { facts } = openDoors(world);
    let isFirst = true;
    const create: World["facts"]["create"] = async (made) => {
      if (isFirst) {
        isFirst = false;
        await bringIn(world, [about(9, { name: made.name })]);
      }
      await facts.create(made);
    };
    Object.assign(world.replaced, { facts: { ...facts, create } });
    expect(readResults(await bringIn(world, several(1)))).toEqual([["company-0001-2", "imported"]]);
    expect(await readConnections(world)).toEqual({
      "company-0001": about(9).realmId,
      "company-0001-2": about(1).realmId,
    });
  });

  it("finds a connection under the name that it has by now", async () => {
    const world = createTestWorld();
    await bringIn(world, several(3));
    await meanwhile(world, 2, () => runQbo(["rename", "company-0002", "renamed"], world));
    const newer = several(3).map((entry) => ({ ...entry, refreshToken: `${entry.refreshToken}-new` }));
    const dated = newer.map((entry) => ({ ...entry, rotatedAt: "2100-01-01T00:00:00Z" }));
    expect(readResults(await bringIn(world, dated))).toEqual([
      ["company-0001", "imported"],
      ["renamed", "imported"],
      ["company-0003", "imported"],
    ]);
    expect(Object.keys(await readConnections(world))).toHaveLength(3);
  });

  it("finds a connection that somebody signed in with another client meanwhile, and takes it for no other", async () => {
    const world = createTestWorld();
    await bringIn(world, several(2));
    const { realmId } = about(1);
    const id = formatConnectionId({ environment: "sandbox", clientId: "another", realmId });
    const withAnother = about(1, { clientId: "another", refreshToken: "refresh-3" });
    await meanwhile(world, 2, () =>
      openDoors(world).facts.update("company-0001", (facts) => ({ ...facts, id, clientId: "another" })),
    );
    expect(readResults(await bringIn(world, [about(2), withAnother, about(1)]))).toEqual([
      ["company-0002", "kept"],
      ["company-0001", "imported"],
      ["company-0001-2", "kept"],
    ]);
  });

  it("finds a connection that has taken the place of a forgotten one", async () => {
    const world = createTestWorld();
    await bringIn(world, [about(1, { name: "acme" })]);
    await meanwhile(world, 1, async () => {
      await runQbo(["revoke", "acme", "--local-only", "--forget", "--yes"], world);
      await bringIn(world, [about(2, { name: "acme" })]);
    });
    expect(readResults(await bringIn(world, [about(2)]))).toEqual([["acme", "kept"]]);
    expect(await readConnections(world)).toEqual({ acme: about(2).realmId });
  });

  it("takes a record that is damaged meanwhile as one that was so before", async () => {
    const world = createTestWorld();
    const path = join(world.paths.connections, "broken.json");
    await bringIn(world, several(2));
    await meanwhile(world, 2, async () => writeFileSync(path, "{"));
    await meanwhile(world, 3, async () => rmSync(path));
    expect(readResults(await bringIn(world, [about(1), about(3), about(2), about(4)]))).toEqual([
      ["company-0001", "kept"],
      [about(3).realmId, "STORE_CORRUPT"],
      ["company-0002", "kept"],
      ["company-0004", "imported"],
    ]);
  });
});

describe("an import of many", () => {
  /** Counts the records and the events that are read. */
  function countReads(world: TestWorld): () => number {
    const { facts, journal } = openDoors(world);
    let reads = 0;
    const counted = <T>(found: T, count = 1): T => {
      reads += count;
      return found;
    };
    const doors: Pick<World, "facts" | "journal"> = {
      facts: {
        ...facts,
        async survey() {
          const found = await facts.survey();
          return counted(found, found.facts.length);
        },
        read: async (name) => counted(await facts.read(name)),
        update: async (name, change) => counted(await facts.update(name, change)),
      },
      journal: {
        ...journal,
        // Whatever is asked for, it is looked for in all of it.
        read: async (...queries) => counted(await journal.read(...queries), await journal.count({})),
      },
    };
    Object.assign(world.replaced, doors);
    return () => reads;
  }

  it.each<[string, boolean, string[]]>([
    ["new ones", false, ["--no-refresh"]],
    ["those that are there", true, ["--no-refresh"]],
    // Nobody knows the client's secret: it ends where something would be sent.
    ["those that are to be proved", true, ["--quiet"]],
  ])("reads only a few records and events for each: of %s", async (_what, areThere, words) => {
    const world = createTestWorld();
    const entries = several(30);
    if (areThere) await bringIn(world, entries);
    const countSoFar = countReads(world);
    await bringIn(world, entries, ...words);
    // Those of all the others would be 30 times as many.
    expect(countSoFar()).toBeLessThan(6 * entries.length);
  });
});
