import { describe, expect, it } from "vitest";
import type { ConnectionFacts } from "../../../src/core/connection.ts";
import type { FactsStore } from "../../../src/core/store-ports.ts";
import { createSharedFacts } from "../../../src/flows/team/facts.ts";
import { exampleFacts } from "../../core/example-facts.ts";

const team = "postgres://me@localhost:5432/qbo";

/** Facts in memory; `onRead` happens after each look, as somebody else's work would. */
function openFacts(records: Map<string, ConnectionFacts>, onRead: () => void = () => undefined): FactsStore {
  const look = <T>(answer: T): T => {
    onRead();
    return answer;
  };
  const unused = () => Promise.reject(new Error("not asked for"));
  return {
    list: async () => look([...records.values()]),
    survey: async () => look({ facts: [...records.values()], damaged: [] }),
    names: async () => look([...records.keys()]),
    read: async (name) => look(records.get(name)),
    create: unused,
    update: unused,
    rename: unused,
    remove: unused,
  };
}

/** One connection, which moves from one place to the other after the first look at this machine's. */
function openMoving(direction: "in" | "out") {
  const [mine, theirs] = [new Map<string, ConnectionFacts>(), new Map<string, ConnectionFacts>()];
  const [from, to] = direction === "in" ? [mine, theirs] : [theirs, mine];
  from.set("acme", { ...exampleFacts, name: "acme" });
  let looks = 0;
  const step = () => {
    looks += 1;
    if (looks !== 1) return;
    to.set("acme", { ...exampleFacts, name: "acme" });
    from.delete("acme");
  };
  const warnings: string[] = [];
  const open = async () => ({ facts: openFacts(theirs) });
  const facts = createSharedFacts({
    own: openFacts(mine, step),
    findTeam: async () => ({ name: team, open }),
    notices: { warn: (text) => void warnings.push(text) },
  });
  return { facts, warnings };
}

describe.each(["in", "out"] as const)("a connection that is moved %s of the team store meanwhile", (direction) => {
  it("is found, once, however one looks", async () => {
    const names = (found: readonly ConnectionFacts[]) => found.map(({ name }) => name);
    expect(names(await openMoving(direction).facts.list())).toEqual(["acme"]);
    expect(names((await openMoving(direction).facts.survey()).facts)).toEqual(["acme"]);
    expect(await openMoving(direction).facts.names()).toEqual(["acme"]);
    expect((await openMoving(direction).facts.read("acme"))?.name).toBe("acme");
    expect(openMoving(direction).warnings).toEqual([]);
  });
});

it("tells how to finish a move that was interrupted between the two", async () => {
  const both = new Map([["acme", { ...exampleFacts, name: "acme", store: team }]]);
  const warnings: string[] = [];
  const facts = createSharedFacts({
    own: openFacts(new Map([["acme", { ...exampleFacts, name: "acme", store: "file" }]])),
    findTeam: async () => ({ name: team, open: async () => ({ facts: openFacts(both) }) }),
    notices: { warn: (text) => void warnings.push(text) },
  });
  expect((await facts.list()).map(({ store }) => store)).toEqual(["file"]);
  expect(warnings).toEqual([expect.stringContaining(`qbo store move acme --to ${team}`)]);
});
