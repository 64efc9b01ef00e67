import type { ConnectionFacts } from "../../core/connection.ts";
import { hasCode, type QboError } from "../../core/errors.ts";
import type { CredentialStore, HeldTokens } from "../../core/store-ports.ts";
import type { World } from "../../core/world.ts";
import { settleOr } from "../book-keeping.ts";

type Doors = Pick<World, "facts" | "openStore" | "notices">;

/**
 * Removes the copy of a connection's tokens that an interrupted move left in another store. What is newer there than what the facts know
 * stays: somebody works with it.
 * @throws STORE_UNAVAILABLE and what else that store throws.
 */
export async function removeLeftover(world: Doors, facts: ConnectionFacts): Promise<"none" | "removed" | "kept"> {
  const { id, name, alsoIn } = facts;
  if (alsoIn === undefined) return "none";
  const store = await world.openStore(alsoIn);
  // Whoever moves the connection holds this store's lock, too.
  const outcome = await store.exclusively(id, async (held) => {
    const now = await world.facts.read(name);
    if (now?.id === id && now.store === alsoIn) return "none";
    if (!(await isLeftover(held, store, now?.id === id ? now : facts))) return "kept";
    return (await held.remove()) ? "removed" : "none";
  });
  if (outcome !== "kept" || !store.join) await forgetLeftover(world, facts, alsoIn);
  if (outcome === "kept")
    world.notices.warn(`The tokens of ${name} in the store ${alsoIn} are newer than those in use here, so they stay.`);
  return outcome;
}

/**
 * Does what takes away a second copy of tokens, after everything else was done. That the copy stays is told, with the way to remove it
 * (`null` where nothing here will know of it any more), and changes nothing about what was done.
 */
export async function settleRemoval(
  world: Pick<World, "notices">,
  { name, store, way }: { name: string; store: string; way: string | null },
  work: () => Promise<unknown>,
): Promise<void> {
  const next = way === null ? "Remove it with the tools of that store." : `To remove it: ${way}`;
  const explain = ({ message }: QboError) =>
    `A copy of the tokens of ${name} is still in the store ${store}: ${message} ${next}`;
  await settleOr(world, work, explain);
}

/** The facts no longer speak of a copy in `alsoIn`. */
export async function forgetLeftover(
  world: Pick<World, "facts">,
  { id, name }: ConnectionFacts,
  alsoIn: string,
): Promise<void> {
  await world.facts.update(name, (current) => {
    if (current.id !== id || current.alsoIn !== alsoIn) return current;
    const { alsoIn: _, ...rest } = current;
    return rest;
  });
}

async function isLeftover(held: HeldTokens, store: CredentialStore, { tokens }: ConnectionFacts): Promise<boolean> {
  try {
    const found = await held.load();
    return !found || found.refreshToken.rotatedAt <= tokens.refreshTokenRotatedAt;
  } catch (error) {
    // On this machine it is a torn write of our own. Other people may be able to read what this one cannot in a store that they share.
    if (hasCode(error, "STORE_CORRUPT")) return store.join !== undefined;
    throw error;
  }
}
