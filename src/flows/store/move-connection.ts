import type { ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import { encodeTokens } from "../../core/token-record.ts";
import type { Tokens } from "../../core/tokens.ts";
import { unlessCode } from "../../core/unless-code.ts";
import type { World } from "../../core/world.ts";
import { recordEvent, settle } from "../book-keeping.ts";
import { assertNotMoved, followMoves } from "../connections/connection-moved.ts";
import { explainLoss } from "../refresh/load-tokens.ts";
import { describeTokens, followTokens } from "../refresh/token-facts.ts";
import { type Both, holdBoth, type OpenStore } from "./hold-both.ts";
import { forgetLeftover, removeLeftover, settleRemoval } from "./leftover.ts";

export type MoveDoors = Pick<World, "facts" | "openStore" | "notices" | "journal" | "interruption">;

export type MoveOutcome = "moved" | "unchanged";

/**
 * Moves a connection's tokens to the store `to`. At every moment they lie in the store that the facts name: they are written to the new
 * store and read back, then the facts name it, then they are removed from the old one. The facts also tell of the second copy, so that
 * after a crash it is known and removed by the next move.
 * @throws STORE_UNAVAILABLE, STORE_CORRUPT; the connection then works as before.
 */
export function moveConnection(world: MoveDoors, known: ConnectionFacts, to: string): Promise<MoveOutcome> {
  return followMoves(known, async (facts) => {
    await removeLeftover(world, facts);
    if (facts.store === to) return "unchanged";
    const [from, target] = [await open(world, facts.store), await open(world, to)];
    await holdBoth({ id: facts.id, from, to: target }, (both) => moveHeld(world, facts, { both, target }), {
      announce: (holder) => world.notices.inform(`Waiting for ${holder}, which is working on ${facts.name}…`),
      signal: world.interruption,
    });
    return "moved";
  });
}

async function open(world: MoveDoors, name: string): Promise<OpenStore> {
  return { name, store: await world.openStore(name) };
}

interface Work {
  both: Both;
  target: OpenStore;
}

async function moveHeld(world: MoveDoors, facts: ConnectionFacts, { both, target }: Work): Promise<void> {
  await assertNotMoved(world, facts);
  const tokens = await both.from.load();
  if (!tokens && facts.disconnectedAt === null && !facts.isPending) throw await explainLoss(world, facts);
  const newer = tokens && (await findNewer(world, facts, tokens, { both, target }));
  await change(world, facts, (current) => ({ ...current, alsoIn: target.name }));
  const kept = newer ?? (tokens && (await copy(facts, tokens, { both, target })));
  await change(world, facts, (current) => ({
    ...(kept && !current.isPending ? describeKept(current, kept) : current),
    store: target.name,
    alsoIn: facts.store,
  }));
  // From here on the tokens are where the facts say; what is left to do can be done later.
  const way = `qbo store move ${facts.name} --to ${target.name}`;
  await settleRemoval(world, { name: facts.name, store: facts.store, way }, async () => {
    await both.from.remove();
    await forgetLeftover(world, facts, facts.store);
  });
  const token = kept ? fingerprint(kept.refreshToken.secret) : null;
  const tokenBefore = tokens ? fingerprint(tokens.refreshToken.secret) : null;
  const detail = `from ${facts.store} to ${target.name}`;
  await settle(world, facts, () =>
    recordEvent(world, facts.id, { event: "moved", outcome: "ok", tokenBefore, tokenAfter: token, detail }),
  );
}

/** What is known against a connection goes along with its tokens: a move proves nothing. Newer tokens that were found there overtake it. */
function describeKept(current: ConnectionFacts, kept: Tokens): ConnectionFacts {
  const isSame = fingerprint(kept.refreshToken.secret) === current.tokens.refreshTokenFingerprint;
  return isSame ? { ...current, tokens: describeTokens(kept) } : followTokens(current, kept);
}

/** @throws NOT_CONNECTED when the connection was forgotten meanwhile. */
async function change(
  world: MoveDoors,
  facts: ConnectionFacts,
  step: (current: ConnectionFacts) => ConnectionFacts,
): Promise<void> {
  const changed = await world.facts.update(facts.name, (current) =>
    current.id === facts.id ? step(current) : current,
  );
  if (changed?.id === facts.id) return;
  throw new QboError("NOT_CONNECTED", `${facts.name} was renamed or removed meanwhile.`, {
    hint: "List the connections: qbo status",
    details: { connection: facts.name },
  });
}

/** The tokens that the new store holds afterwards, as somebody else would read them there. */
async function copy(facts: ConnectionFacts, tokens: Tokens, { both, target }: Work): Promise<Tokens> {
  await both.to.replace(tokens);
  const found = await target.store.load(facts.id);
  if (found && encodeTokens(found) === encodeTokens(tokens)) return found;
  throw new QboError("STORE_UNAVAILABLE", `What was written to the store ${target.name} did not come back.`, {
    hint: `Nothing was removed: ${facts.name} goes on working with the store ${facts.store}. See \`qbo store status\`.`,
    details: { connection: facts.name },
  });
}

/** When Intuit last gave something for these tokens, as far as that is known: a refresh may leave the refresh token the same. */
function findProof({ refreshToken, accessToken }: Tokens): number {
  return Math.max(refreshToken.rotatedAt, accessToken?.receivedAt ?? 0);
}

/**
 * Tokens of the connection that the new store has already, and that Intuit gave after those that are to be moved. Only people who share a
 * store find them there by rights. In a store of one machine they may be what an earlier life of the connection left, and moving would
 * cost it the tokens that work.
 * @throws STORE_CORRUPT.
 */
async function findNewer(
  world: Pick<World, "notices">,
  { name, store }: ConnectionFacts,
  tokens: Tokens,
  { both, target }: Work,
): Promise<Tokens | undefined> {
  // What cannot be read there is of no use to anybody here, and is written over.
  const present = await unlessCode("STORE_CORRUPT", () => both.to.load());
  if (!present || findProof(present) <= findProof(tokens)) return undefined;
  if (!target.store.join) {
    world.notices.warn(`${target.name} has newer tokens of ${name} already: they are used from now on.`);
    return present;
  }
  if (present.refreshToken.secret.equals(tokens.refreshToken.secret)) return present;
  throw new QboError("STORE_CORRUPT", `The store ${target.name} holds other tokens of ${name}, which may be newer.`, {
    hint: `Nothing was changed. Prove that those in ${store} work, then repeat the move: qbo refresh ${name}`,
    details: { connection: name },
  });
}
