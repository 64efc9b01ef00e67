import type { ConnectionFacts } from "../../core/connection.ts";
import { hasCode } from "../../core/errors.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { HeldTokens } from "../../core/store-ports.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";
import { recordEvent } from "../book-keeping.ts";
import { followTokens } from "../refresh/token-facts.ts";
import type { RecordIndex } from "./record-index.ts";

/** Another process may take the name at the same moment; then the next free one is tried. */
const mostTries = 5;

/**
 * Makes the record of a connection that has none, while that is held. `build` is asked again for a name when another process has taken it.
 * @throws USAGE when the name was asked for and is taken.
 */
export async function createRecord(
  world: Pick<World, "facts">,
  known: Pick<RecordIndex, "catchUp">,
  build: () => ConnectionFacts,
): Promise<ConnectionFacts> {
  for (let tries = 1; ; tries += 1) {
    const facts = build();
    try {
      await world.facts.create(facts);
      return facts;
    } catch (error) {
      if (!hasCode(error, "USAGE") || tries === mostTries) throw error;
      await known.catchUp();
    }
  }
}

/** What is about to be stored, and over what. */
export interface Admission {
  /** The connection's record, which is there by now. */
  facts: ConnectionFacts;
  known: Pick<RecordIndex, "findHeld">;
  held: HeldTokens;
  tokens: Tokens;
  /** What the store holds now; absent when that is nothing. */
  stored: Tokens | undefined;
}

/** Stores given tokens as they came, after the record was made and before it says so. Answers the facts as they are then. */
export async function admitTokens(
  world: Pick<World, "facts" | "journal">,
  { facts, known, held, tokens, stored }: Admission,
): Promise<ConnectionFacts> {
  await held.save(tokens, { after: stored?.generation ?? 0 });
  const { id } = facts;
  const settled = await settleRecord(world, known, followTokens(facts, tokens));
  await recordEvent(world, id, {
    event: "imported",
    outcome: "ok",
    tokenBefore: stored ? fingerprint(stored.refreshToken.secret) : null,
    tokenAfter: fingerprint(tokens.refreshToken.secret),
  });
  return settled;
}

/** Whether a record is still the one of tokens that are held: a name may go to another connection, and a sign-in take it to another store. */
export function isStillOf(latest: ConnectionFacts, { id, store }: ConnectionFacts): boolean {
  return latest.id === id && latest.store === store;
}

/** Writes the record of a connection that is held. It may have been renamed: names are not held. */
async function settleRecord(
  world: Pick<World, "facts">,
  known: Pick<RecordIndex, "findHeld">,
  facts: ConnectionFacts,
): Promise<ConnectionFacts> {
  const write = (name: string) =>
    world.facts.update(name, (latest) => (isStillOf(latest, facts) ? { ...facts, name } : latest));
  const written = await write(facts.name);
  if (written?.id === facts.id) return written;
  const renamed = await known.findHeld(facts.id);
  if (renamed) return (await write(renamed.name)) ?? renamed;
  if (written === undefined) await world.facts.create(facts);
  return facts;
}
