import { expect, it } from "vitest";
import type { ConnectionFacts, ConnectionId } from "../../../src/core/connection.ts";
import { QboError } from "../../../src/core/errors.ts";
import type { DamagedFacts, FactsStore } from "../../../src/core/store-ports.ts";
import { watchOwnConnections } from "../../../src/flows/team/own-connections.ts";
import { exampleFacts } from "../../core/example-facts.ts";

/** This machine's connections, by name, and how often all were read. */
function openOwn(...names: string[]) {
  const records = new Map(names.map((name) => [name, build(name)]));
  const damaged: DamagedFacts[] = [];
  let surveys = 0;
  const unused = () => Promise.reject(new Error("not asked for"));
  const facts: FactsStore = {
    list: unused,
    names: unused,
    update: unused,
    rename: unused,
    async survey() {
      surveys += 1;
      return { facts: [...records.values()], damaged };
    },
    async read(name) {
      const found = damaged.find((each) => each.name === name);
      if (found) throw found.error;
      return records.get(name);
    },
    create: async (created) => void records.set(created.name, created),
    remove: async (name) => records.delete(name),
  };
  return { ...watchOwnConnections(facts), records, damaged, countSurveys: () => surveys };
}

const idOf = (name: string): ConnectionId => `emulator/client/${name}` as ConnectionId;
const build = (name: string): ConnectionFacts => ({ ...exampleFacts, name, id: idOf(name) });

it("knows what this process makes and removes, without another look at all", async () => {
  const own = openOwn("a", "b");
  expect([await own.holds(idOf("a")), await own.holds(idOf("c"))]).toEqual([true, false]);
  await own.facts.remove("a");
  await own.facts.create(build("c"));
  expect([await own.holds(idOf("a")), await own.holds(idOf("b")), await own.holds(idOf("c"))]).toEqual([
    false,
    true,
    true,
  ]);
  expect(own.countSurveys()).toBe(1);
});

it("believes no earlier look at what another process has taken away or renamed", async () => {
  const own = openOwn("a", "b");
  expect(await own.holds(idOf("a"))).toBe(true);
  own.records.delete("a");
  own.records.delete("b");
  own.records.set("renamed", { ...build("b"), name: "renamed" });
  expect([await own.holds(idOf("a")), await own.holds(idOf("b"))]).toEqual([false, true]);
});

it("takes a damaged record for that of its connection", async () => {
  const own = openOwn();
  own.damaged.push({ name: "a", id: idOf("a"), error: new QboError("STORE_CORRUPT", "It is damaged.") });
  expect(await own.holds(idOf("a"))).toBe(true);
});
