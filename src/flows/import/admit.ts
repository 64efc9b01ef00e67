import type { ConnectionFacts } from "../../core/connection.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { HeldTokens } from "../../core/store-ports.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";
import { recordEvent } from "../book-keeping.ts";
import { followTokens } from "../refresh/token-facts.ts";
import type { RecordIndex } from "./record-index.ts";

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
