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
  // While Intuit was asked, somebody may have given the name to another connection.
  const update = (change: Partial<ConnectionFacts>) =>
    settle(world, facts, () =>
      world.facts.update(facts.name, (latest) => (latest.id === facts.id ? { ...latest, ...change } : latest)),
    );
  // Whoever finds no tokens after a crash must see from the facts that it was no accident.
  await update({ isPending: true });
  await held.remove();
  await settle(world, facts, () => world.rescue.remove(facts.id));
  if (forget) return forgetConnection(world, facts);
  await update({ disconnectedAt: world.clock.now(), isPending: false, rejection: null });
}

async function forgetConnection(world: Doors, facts: ConnectionFacts): Promise<void> {
  let isForgotten = false;
  await settle(world, facts, async () => {
    if ((await world.facts.read(facts.name))?.id === facts.id) isForgotten = await world.facts.remove(facts.name);
    await world.journal.forget(facts.id);
    await releaseClientSecret(world, facts.clientId);
  });
  if (!isForgotten) return;
  await settle(world, facts, async () => {
    const file = await world.configFiles.readUser();
    if (file?.config.connection === facts.name) await world.configFiles.setUser(["connection"], undefined);
  });
}
