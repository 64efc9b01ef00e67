import type { ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import type { World } from "../../core/world.ts";
import { emulatorClient } from "../../intuit/environments.ts";
import { settle } from "../book-keeping.ts";
import type { Client } from "../../oauth/client.ts";

type Doors = Pick<World, "env" | "clients" | "openStore">;

/** The secret that the environment variables give for this client ID, if they do. */
export function readSecretFromEnvironment(env: World["env"], clientId: string): Secret | undefined {
  const secret = env["QBO_CLIENT_SECRET"];
  return secret && env["QBO_CLIENT_ID"] === clientId ? new Secret(secret) : undefined;
}

/**
 * The secret of a client ID: from the environment variables when they are about this client, else from the store that holds it;
 * `undefined` when nobody has given one.
 */
export async function findClientSecret(world: Doors, clientId: string): Promise<Secret | undefined> {
  const given = readSecretFromEnvironment(world.env, clientId);
  if (given) return given;
  if (clientId === emulatorClient.id) return new Secret(emulatorClient.secret);
  const registered = await world.clients.read(clientId);
  if (!registered) return undefined;
  return (await world.openStore(registered.store)).readClientSecret(clientId);
}

/**
 * The client that made a connection: it goes on working with that client, whatever is configured by now.
 * @throws APP_NOT_CONFIGURED when its secret is nowhere.
 */
export async function readConnectionClient(world: Doors, facts: ConnectionFacts): Promise<Client> {
  const secret = await findClientSecret(world, facts.clientId);
  if (secret) return { id: facts.clientId, secret };
  throw new QboError(
    "APP_NOT_CONFIGURED",
    `The client secret of ${facts.clientId}, which made ${facts.name}, is not known here.`,
    {
      hint: `Store it: qbo app set --env ${facts.environment} --client-id ${facts.clientId} --client-secret-stdin`,
      details: { connection: facts.name },
    },
  );
}

/** Keeps a client's secret in a store, once, and remembers which store that is. */
export async function keepClientSecret(
  world: Doors & Pick<World, "notices">,
  client: Client,
  store: string,
): Promise<void> {
  if (client.id === emulatorClient.id) return;
  const previous = await world.clients.read(client.id);
  await (await world.openStore(store)).writeClientSecret(client.id, client.secret);
  await world.clients.write({ clientId: client.id, store });
  // The earlier store may be the very one that is left because it does not work.
  for (const earlier of new Set([previous?.store, previous?.alsoIn])) {
    if (earlier === undefined || earlier === store) continue;
    await settle(world, { name: client.id }, async () =>
      (await world.openStore(earlier)).removeClientSecret(client.id),
    );
  }
}
