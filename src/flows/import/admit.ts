import type { ConnectionFacts } from "../../core/connection.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { HeldTokens } from "../../core/store-ports.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";
import { recordEvent } from "../book-keeping.ts";
import { followTokens } from "../refresh/token-facts.ts";

/** What is about to be stored, and over what. */
export interface Admission {
  facts: ConnectionFacts;
  held: HeldTokens;
  tokens: Tokens;
  /** What the store holds now; absent when that is nothing. */
  stored: Tokens | undefined;
}

/** Stores given tokens as they came: facts marked pending, then the secret, then the facts. Answers the facts as they are then. */
export async function admitTokens(
  world: Pick<World, "facts" | "journal">,
  { facts, held, tokens, stored }: Admission,
): Promise<ConnectionFacts> {
  if (!(await world.facts.read(facts.name))) await world.facts.create(facts);
  await held.save(tokens, { after: stored?.generation ?? 0 });
  const settled = await settleFacts(world, facts, tokens);
  await recordEvent(world, facts.id, {
    event: "imported",
    outcome: "ok",
    tokenBefore: stored ? fingerprint(stored.refreshToken.secret) : null,
    tokenAfter: fingerprint(tokens.refreshToken.secret),
  });
  return settled;
}

/** Makes the facts say what the store holds; there need not have been any. */
export async function settleFacts(
  world: Pick<World, "facts">,
  facts: ConnectionFacts,
  tokens: Tokens,
): Promise<ConnectionFacts> {
  const settled = followTokens(facts, tokens);
  if (!(await world.facts.update(facts.name, () => settled))) await world.facts.create(settled);
  return settled;
}
