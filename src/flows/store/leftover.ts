import type { ConnectionFacts } from "../../core/connection.ts";
import { hasCode } from "../../core/errors.ts";
import type { CredentialStore, HeldTokens } from "../../core/store-ports.ts";
import type { World } from "../../core/world.ts";

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
