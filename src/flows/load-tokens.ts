import type { ConnectionFacts } from "../core/connection.ts";
import { formatInstant } from "../core/instant.ts";
import { QboError } from "../core/errors.ts";
import type { CredentialStore } from "../core/store-ports.ts";
import type { Tokens } from "../core/tokens.ts";
import type { World } from "../core/world.ts";
import { followTokens } from "./token-facts.ts";

/**
 * The stored tokens of a connection that the facts know. The secret record is the truth: facts that an interrupted process left
 * behind are repaired by it.
 * @throws NOT_CONNECTED when it was disconnected or never finished, STORE_CORRUPT when its tokens were removed outside qbo,
 * STORE_UNAVAILABLE when that cannot be known.
 */
export async function loadTokens(
  world: Pick<World, "facts">,
  store: CredentialStore,
  facts: ConnectionFacts,
): Promise<Tokens> {
  if (!facts.isPending) assertConnected(facts);
  const tokens = await store.load(facts.id);
  if (!tokens) throw explainAbsence(facts);
  if (facts.isPending || tokens.generation > facts.tokens.generation) {
    await world.facts.update(facts.name, (current) =>
      current.id === facts.id && (current.isPending || current.tokens.generation < tokens.generation)
        ? followTokens(current, tokens)
        : current,
    );
  }
  return tokens;
}

/** @throws NOT_CONNECTED when the connection was disconnected. */
function assertConnected(facts: ConnectionFacts): void {
  if (facts.disconnectedAt === null) return;
  throw new QboError("NOT_CONNECTED", `${facts.name} was disconnected on ${formatInstant(facts.disconnectedAt)}.`, {
    hint: `Sign in again, with all its settings kept: qbo login ${facts.name}`,
    details: { connection: facts.name },
  });
}

/** Why the store has nothing for a connection that the facts know. */
export function explainAbsence(facts: ConnectionFacts): QboError {
  const details = { connection: facts.name };
  const hint = `Sign in again: qbo login ${facts.name}`;
  return facts.isPending
    ? new QboError(
        "NOT_CONNECTED",
        `A sign-in to ${facts.name}, or its revocation, was interrupted; none of its tokens are stored.`,
        {
          hint,
          details,
        },
      )
    : new QboError(
        "STORE_CORRUPT",
        `The tokens of ${facts.name} are no longer in the ${facts.store} store: they were removed outside qbo.`,
        {
          hint,
          details,
        },
      );
}
