import type { ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import type { Notices } from "../../core/ports.ts";
import type { FactsStore } from "../../core/store-ports.ts";
import { joinFacts, moveFacts } from "./join-facts.ts";
import type { FindTeam } from "./reach.ts";

export interface SharedFactsParts {
  /** Those of this machine. */
  own: FactsStore;
  findTeam: FindTeam<"facts">;
  notices: Pick<Notices, "warn">;
}

/**
 * This machine's connections and the team's as one. A record lies where its connection's tokens do, and goes along when they move. Names
 * are taken for both; where both have one all the same, because each came to it alone, this machine's is meant.
 */
export function createSharedFacts({ own, findTeam, notices }: SharedFactsParts): FactsStore {
  const openTeam = async () => (await (await findTeam())?.open())?.facts;
  /** Where a record belongs. */
  const choose = async (store: string) => {
    const team = await findTeam();
    return team?.name === store ? (await team.open()).facts : own;
  };
  /** Where the record of that name lies. */
  const find = async (name: string) => ((await own.read(name)) ? own : ((await openTeam()) ?? own));
  const assertFree = async (name: string) => {
    const taken = (await own.read(name)) ?? (await (await openTeam())?.read(name));
    if (taken)
      throw new QboError("USAGE", `A connection named ${name} exists already.`, { hint: "Choose another name." });
  };
  return {
    async list() {
      const [before, team] = [await own.list(), await openTeam()];
      if (!team) return before;
      const theirs = await team.list();
      return joinFacts({ before, after: await own.list(), theirs }, notices);
    },
    async survey() {
      const [before, team] = [await own.survey(), await openTeam()];
      if (!team) return before;
      const [theirs, mine] = [await team.survey(), await own.survey()];
      const facts = joinFacts({ before: before.facts, after: mine.facts, theirs: theirs.facts }, notices);
      return { facts, damaged: [...mine.damaged, ...theirs.damaged] };
    },
    surveyHere: () => own.survey(),
    async names() {
      const [before, team] = [await own.names(), await openTeam()];
      if (!team) return before;
      const theirs = await team.names();
      return [...new Set([...before, ...theirs, ...(await own.names())])];
    },
    async read(name) {
      const mine = await own.read(name);
      const team = mine ? undefined : await openTeam();
      return team ? ((await team.read(name)) ?? own.read(name)) : mine;
    },
    async create(facts) {
      await assertFree(facts.name);
      await (await choose(facts.store)).create(facts);
    },
    async update(name, change) {
      const place = await find(name);
      let wanted: ConnectionFacts | undefined;
      const updated = await place.update(name, (current) => {
        wanted = change(current);
        // What moves to another store is written there, and not here.
        return wanted.store === current.store ? wanted : current;
      });
      if (!updated || !wanted || wanted.store === updated.store) return updated;
      const facts = { ...wanted, name };
      const target = await choose(facts.store);
      if (target !== place) return moveFacts(place, target, facts);
      return place.update(name, () => facts);
    },
    async rename(from, to) {
      if (from !== to) await assertFree(to);
      await (await find(from)).rename(from, to);
    },
    remove: async (name) => (await find(name)).remove(name),
  };
}
