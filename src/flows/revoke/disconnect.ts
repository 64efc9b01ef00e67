import type { ConnectionFacts } from "../../core/connection.ts";
import type { HeldTokens } from "../../core/store-ports.ts";
import type { World } from "../../core/world.ts";
import { releaseClientSecret } from "../apps/release-client-secret.ts";
import { settle } from "../book-keeping.ts";

type Doors = Pick<
  World,
  "env" | "configFiles" | "clock" | "facts" | "journal" | "notices" | "openStore" | "clients" | "rescue"
>;

/**
 * Removes a connection's tokens; name and settings stay, unless it is to be forgotten.
 * @throws STORE_UNAVAILABLE when the tokens could not be removed.
 */
export async function disconnect(
  world: Doors,
  facts: ConnectionFacts,
  { held, forget }: { held: HeldTokens; forget: boolean },
): Promise<void> {
  // Whoever finds no tokens after a crash must see from the facts that it was no accident.
  await settle(world, facts, () => world.facts.update(facts.name, (latest) => ({ ...latest, isPending: true })));
  await held.remove();
  await settle(world, facts, () => world.rescue.remove(facts.id));
  if (forget) return forgetConnection(world, facts);
  const change = { disconnectedAt: world.clock.now(), isPending: false, rejection: null };
  await settle(world, facts, () => world.facts.update(facts.name, (latest) => ({ ...latest, ...change })));
}

async function forgetConnection(world: Doors, facts: ConnectionFacts): Promise<void> {
  await settle(world, facts, async () => {
    await world.facts.remove(facts.name);
    await world.journal.forget(facts.id);
    await releaseClientSecret(world, facts.clientId);
  });
  await settle(world, facts, async () => {
    const file = await world.configFiles.readUser();
    if (file?.config.connection === facts.name) await world.configFiles.setUser(["connection"], undefined);
  });
}
