import type { ConnectionFacts } from "../../core/connection.ts";
import type { KeySource } from "../../core/store-ports.ts";
import { readStoreName, type StoreName } from "../../core/store-name.ts";
import type { World } from "../../core/world.ts";
import { unlessCode } from "../../core/unless-code.ts";
import { readSecretFromEnvironment } from "../apps/client-secret.ts";

/** A store that must be open when connections are refreshed. */
export interface StoreNeed {
  /** The connection whose tokens, or whose client's secret, lie there; null for the store that new connections go to. */
  connection: string | null;
  kind: StoreName["kind"] | undefined;
  /** Where its key is looked for, when it has one of its own. */
  key?: KeySource | undefined;
}

type Doors = Pick<World, "env" | "openStore" | "clients">;

/** The stores that a refresh of these connections opens; `fallback`, where new ones go, when there are none. */
export async function listStoreNeeds(
  world: Doors,
  connections: readonly ConnectionFacts[],
  fallback: string,
): Promise<StoreNeed[]> {
  const pairs: { connection: string | null; store: string }[] = [];
  const clients = new Map<string, string | undefined>();
  for (const { name: connection, store, clientId } of connections) {
    pairs.push({ connection, store });
    if (!clients.has(clientId)) clients.set(clientId, await findSecretStore(world, clientId));
    const secretStore = clients.get(clientId);
    if (secretStore !== undefined && secretStore !== store) pairs.push({ connection, store: secretStore });
  }
  if (pairs.length === 0) pairs.push({ connection: null, store: fallback });
  const key = pairs.some(({ store }) => store === "file")
    ? (await world.openStore("file")).findKeySource?.()
    : undefined;
  return pairs.map(({ connection, store }) => {
    const kind = readStoreName(store)?.kind;
    return { connection, kind, ...(kind === "file" ? { key } : {}) };
  });
}

/** The store of a client's secret. When the team store cannot be asked, this machine does not know it: then it lies there. */
async function findSecretStore({ env, clients }: Doors, clientId: string): Promise<string | undefined> {
  if (readSecretFromEnvironment(env, clientId)) return undefined;
  return (await unlessCode("STORE_UNAVAILABLE", () => clients.read(clientId)))?.store;
}
