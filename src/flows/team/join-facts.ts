import type { ConnectionFacts } from "../../core/connection.ts";
import type { Notices } from "../../core/ports.ts";
import type { FactsStore } from "../../core/store-ports.ts";

interface Looks {
  /** This machine's, before and after those of the team were read. */
  before: readonly ConnectionFacts[];
  after: readonly ConnectionFacts[];
  theirs: readonly ConnectionFacts[];
}

/** This machine's and the team's as one. What is moved between the two while they are read, either way, is found in one of the looks. */
export function joinFacts({ before, after, theirs }: Looks, notices: Pick<Notices, "warn">): ConnectionFacts[] {
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
}

/** Puts a record from one place into the other; one that an interrupted move left there is finished. */
export async function moveFacts(from: FactsStore, to: FactsStore, facts: ConnectionFacts): Promise<ConnectionFacts> {
  const isThere = (await to.read(facts.name))?.id === facts.id;
  if (isThere) await to.update(facts.name, () => facts);
  else await to.create(facts);
  await from.remove(facts.name);
  return facts;
}
