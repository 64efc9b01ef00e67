import type { ConnectionFacts } from "../../core/connection.ts";
import { formatMoment, type Instant } from "../../core/instant.ts";
import { QboError } from "../../core/errors.ts";
import type { CredentialStore, HeldTokens } from "../../core/store-ports.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";
import { ConnectionMoved, hasMoved } from "../connections/connection-moved.ts";
import { settle } from "../book-keeping.ts";
import { followTokens } from "./token-facts.ts";

/**
 * The stored tokens of a connection that the facts know. The secret record is the truth: facts that an interrupted process left
 * behind are repaired by it.
 * @throws NOT_CONNECTED when it was disconnected or never finished, STORE_CORRUPT when its tokens were removed outside qbo,
 * STORE_UNAVAILABLE when that cannot be known.
 */
export async function loadTokens(
  world: Pick<World, "facts" | "notices">,
  store: CredentialStore,
  facts: ConnectionFacts,
): Promise<Tokens> {
  if (!facts.isPending) assertConnected(facts);
  const tokens = await store.load(facts.id);
  if (!tokens) throw await explainLoss(world, facts);
  // Facts that cannot be mended now must not keep good tokens from being used.
  if (isBehind(facts, tokens)) await settle(world, facts, () => repairFacts(world, store, facts));
  return tokens;
}

function isBehind({ isPending, tokens: known }: ConnectionFacts, tokens: Tokens): boolean {
  return isPending || known.generation < tokens.generation;
}

/**
 * Brings the facts to what the store holds, unless somebody works on the connection: then they are as they are because that work is not
 * finished, and whoever does it goes on to write them.
 */
async function repairFacts(world: Pick<World, "facts">, store: CredentialStore, facts: ConnectionFacts): Promise<void> {
  const repair = async (held: HeldTokens) => {
    const tokens = await held.load();
    if (!tokens) return;
    await world.facts.update(facts.name, (current) =>
      current.id === facts.id && current.store === facts.store && isBehind(current, tokens)
        ? { ...followTokens(current, tokens), lastRefresh: confirm(current.lastRefresh) }
        : current,
    );
  };
  await store.exclusively<true>(facts.id, (held) => repair(held).then(() => true), { leaveWith: () => true });
}

/** Newer tokens are in the store, so the answer that was noted as outstanding did come. */
function confirm(lastRefresh: ConnectionFacts["lastRefresh"]): ConnectionFacts["lastRefresh"] {
  return lastRefresh?.outcome === "unconfirmed" ? { ...lastRefresh, outcome: "ok" } : lastRefresh;
}

/** @throws NOT_CONNECTED when the connection was disconnected. */
function assertConnected(facts: ConnectionFacts): void {
  if (facts.disconnectedAt !== null) throw describeDisconnected(facts.name, facts.disconnectedAt);
}

function describeDisconnected(name: string, at: Instant): QboError {
  return new QboError("NOT_CONNECTED", `${name} was disconnected on ${formatMoment(at)}.`, {
    hint: `Sign in again, with all its settings kept: qbo login ${name}`,
    details: { connection: name },
  });
}

/** Why the store has nothing for a connection that the facts know. */
export function explainAbsence({ name, store, isPending, disconnectedAt }: ConnectionFacts): QboError {
  if (disconnectedAt !== null) return describeDisconnected(name, disconnectedAt);
  const options = { hint: `Sign in again: qbo login ${name}`, details: { connection: name } };
  if (isPending) {
    const message = `A sign-in to ${name}, or its revocation, was interrupted; none of its tokens are stored.`;
    return new QboError("NOT_CONNECTED", message, options);
  }
  const message = `The tokens of ${name} are no longer in the ${store} store: they were removed outside qbo.`;
  return new QboError("STORE_CORRUPT", message, options);
}

/** As `explainAbsence`, when the facts were read a while ago: another process may have disconnected, removed or moved it meanwhile. */
export async function explainLoss(
  world: Pick<World, "facts">,
  known: ConnectionFacts,
): Promise<QboError | ConnectionMoved> {
  const facts = await world.facts.read(known.name);
  if (facts && hasMoved(known, facts)) return new ConnectionMoved(facts);
  if (facts?.id === known.id) return explainAbsence(facts);
  return new QboError("NOT_CONNECTED", `${known.name} was removed meanwhile.`, {
    hint: `Sign in again: qbo login ${known.name}`,
    details: { connection: known.name },
  });
}
