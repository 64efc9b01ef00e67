import { QboError } from "../../core/errors.ts";
import type { ClientFacts } from "../../core/client-registry.ts";
import type { World } from "../../core/world.ts";

type Doors = Pick<World, "clients" | "openStore">;

/**
 * Moves the secret of a client to the store `to`, as `moveConnection` moves tokens; `undefined` when no store holds one.
 * @throws STORE_UNAVAILABLE, STORE_CORRUPT; the secret is then where it was.
 */
export async function moveClientSecret(
  world: Doors,
  clientId: string,
  to: string,
): Promise<"moved" | "unchanged" | undefined> {
  const registered = await world.clients.read(clientId);
  if (!registered) return undefined;
  const { store: from } = await removeCopy(world, registered);
  if (from === to) return "unchanged";
  const [source, target] = [await world.openStore(from), await world.openStore(to)];
  const secret = await source.readClientSecret(clientId);
  if (!secret) {
    throw new QboError("STORE_CORRUPT", `The client secret of ${clientId} is no longer in the ${from} store.`, {
      hint: "Give it again: qbo app set --env <environment> --client-secret-stdin",
    });
  }
  await world.clients.write({ clientId, store: from, alsoIn: to });
  await target.writeClientSecret(clientId, secret);
  if ((await target.readClientSecret(clientId))?.equals(secret) !== true) {
    throw new QboError("STORE_UNAVAILABLE", `What was written to the store ${to} did not come back.`, {
      hint: `The client secret stays in the ${from} store. See \`qbo store status\`.`,
    });
  }
  await removeCopy(world, await write(world, { clientId, store: to, alsoIn: from }));
  return "moved";
}

async function write(world: Doors, facts: ClientFacts): Promise<ClientFacts> {
  await world.clients.write(facts);
  return facts;
}

/** Takes away the second copy of which the record tells. */
async function removeCopy(world: Doors, { clientId, store, alsoIn }: ClientFacts): Promise<ClientFacts> {
  if (alsoIn === undefined) return { clientId, store };
  if (alsoIn !== store) await (await world.openStore(alsoIn)).removeClientSecret(clientId);
  return write(world, { clientId, store });
}
