import type { ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import type { Notices } from "../../core/ports.ts";
import type { FactsStore } from "../../core/store-ports.ts";
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
  const move = async (from: FactsStore, to: FactsStore, facts: ConnectionFacts) => {
    // One that an interrupted move left there is finished now.
    const isThere = (await to.read(facts.name))?.id === facts.id;
    if (isThere) await to.update(facts.name, () => facts);
    else await to.create(facts);
    await from.remove(facts.name);
    return facts;
  };
  /** What is moved between the two while they are read, either way, is found in one of them: this machine's are read before and after. */
  const join = (
    before: readonly ConnectionFacts[],
    after: readonly ConnectionFacts[],
    theirs: readonly ConnectionFacts[],
  ) => {
    const ids = new Set([...after, ...theirs].map(({ id }) => id));
    const mine = [...after, ...before.filter(({ id }) => !ids.has(id))];
    const names = new Map(mine.map(({ id, name }) => [name, id]));
    const hidden = new Set(theirs.filter(({ name }) => names.has(name)));
    for (const { name, id, store } of hidden)
      notices.warn(
        names.get(name) === id
          ? `${name} is being moved, or its move was interrupted. To finish that: qbo store move ${name} --to ${store}`
          : `Both this machine and the team store have a connection named ${name}; this machine's is used.`,
      );
    return [...mine, ...theirs.filter((facts) => !hidden.has(facts))];
  };

  return {
    async list() {
      const [before, team] = [await own.list(), await openTeam()];
      if (!team) return before;
      const theirs = await team.list();
      return join(before, await own.list(), theirs);
    },
    async survey() {
      const [before, team] = [await own.survey(), await openTeam()];
      if (!team) return before;
      const [theirs, mine] = [await team.survey(), await own.survey()];
      return { facts: join(before.facts, mine.facts, theirs.facts), damaged: [...mine.damaged, ...theirs.damaged] };
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
      if (target !== place) return move(place, target, facts);
      return place.update(name, () => facts);
    },
    async rename(from, to) {
      if (from !== to) await assertFree(to);
      await (await find(from)).rename(from, to);
    },
    remove: async (name) => (await find(name)).remove(name),
  };
}
