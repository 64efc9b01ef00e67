import { QboError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import type { Client } from "../../oauth/client.ts";
import { findClientSecret, keepClientSecret, readSecretFromEnvironment } from "../apps/client-secret.ts";
import type { ImportTarget } from "./import-target.ts";
import type { ImportEntry } from "./read-entries.ts";

type Doors = Pick<World, "env" | "clients" | "openStore" | "notices">;

/**
 * The client with which a given token is sent.
 * @throws APP_NOT_CONFIGURED when its secret is nowhere. Nothing was sent or stored by then.
 */
export async function requireImportClient(
  world: Doors,
  entry: ImportEntry,
  { clientId, environment }: ImportTarget,
): Promise<Client> {
  const secret = entry.clientSecret ?? (await findClientSecret(world, clientId));
  if (secret) return { id: clientId, secret };
  const set = `qbo app set --env ${environment.name} --client-id ${clientId} --client-secret-stdin`;
  throw new QboError(
    "APP_NOT_CONFIGURED",
    `The client secret of ${clientId} is not known, so the token could not be proved; nothing was sent or stored.`,
    { hint: `Store it: ${set} (or bring the token in unproven: --no-refresh)` },
  );
}

/** Keeps the client secret that came with the entry, or that the environment variables give, beside the tokens. */
export async function keepGivenSecret(
  world: Doors,
  entry: ImportEntry,
  client: { id: string; store: string },
): Promise<void> {
  const secret = entry.clientSecret ?? readSecretFromEnvironment(world.env, client.id);
  if (secret) await keepClientSecret(world, { id: client.id, secret }, client.store);
}
