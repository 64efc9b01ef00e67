import type { ConnectionFacts } from "../../core/connection.ts";
import { asQboError, QboError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import { readSettings } from "../settings.ts";
import { assertTeamChosen } from "../team/assert-chosen.ts";
import { moveClientSecret } from "./move-client-secret.ts";
import { moveConnection, type MoveDoors, type MoveOutcome } from "./move-connection.ts";

interface MoveResult {
  connection: string;
  from: string;
  to: string;
  outcome: MoveOutcome | "failed";
  error: QboError | null;
}

interface SecretMoveResult {
  clientId: string;
  from: string;
  to: string;
  /** `left`: connections in the old store still need it there. */
  outcome: MoveOutcome | "left" | "failed";
  error: QboError | null;
}

export interface MoveReport {
  to: string;
  connections: MoveResult[];
  clientSecrets: SecretMoveResult[];
}

type Doors = MoveDoors & Pick<World, "env" | "configFiles" | "clients" | "prompter">;

/**
 * Moves connections to another store, one after the other; one that fails stops none of the others. The secret of a client follows the
 * last of its connections. With `isAll` those of apps without a connection go, too.
 * @throws CANCELLED; USAGE for a team store that was not chosen; STORE_UNAVAILABLE when the new store cannot be used.
 */
export async function moveConnections(
  world: Doors,
  connections: readonly ConnectionFacts[],
  { to, isAll }: { to: string; isAll: boolean },
): Promise<MoveReport> {
  await assertTeamChosen(world, to);
  await (await world.openStore(to)).probe({ mayAsk: world.prompter.canAsk });
  const results: MoveResult[] = [];
  for (const facts of connections) {
    assertNotInterrupted(world, `${results.length} of ${connections.length} connections`);
    const moved = await attempt(() => moveConnection(world, facts, to));
    results.push({ connection: facts.name, from: facts.store, to, ...moved });
  }
  const clientSecrets: SecretMoveResult[] = [];
  for (const clientId of await listClients(world, connections, isAll)) {
    assertNotInterrupted(world, "the connections, before all client secrets were moved");
    const result = await followConnections(world, clientId, to);
    if (result) clientSecrets.push(result);
  }
  return { to, connections: results, clientSecrets };
}

async function listClients(
  world: Pick<World, "env" | "configFiles">,
  connections: readonly ConnectionFacts[],
  isAll: boolean,
): Promise<string[]> {
  const apps = isAll ? Object.values((await readSettings(world)).apps) : [];
  const ids = [...connections.map((facts) => facts.clientId), ...apps.flatMap(({ clientId }) => clientId ?? [])];
  return [...new Set(ids)];
}

async function followConnections(world: Doors, clientId: string, to: string): Promise<SecretMoveResult | undefined> {
  const registered = await world.clients.read(clientId);
  if (!registered) return undefined;
  const { store: from } = registered;
  const isNeeded = (await world.facts.list()).some((facts) => facts.clientId === clientId && facts.store === from);
  if (from !== to && isNeeded) return { clientId, from, to, outcome: "left", error: null };
  return {
    clientId,
    from,
    to,
    ...(await attempt(async () => (await moveClientSecret(world, clientId, to)) ?? "unchanged")),
  };
}

async function attempt(
  work: () => Promise<MoveOutcome>,
): Promise<{ outcome: MoveOutcome | "failed"; error: QboError | null }> {
  try {
    return { outcome: await work(), error: null };
  } catch (error) {
    const known = asQboError(error);
    if (!known || known.code === "CANCELLED") throw error;
    return { outcome: "failed", error: known };
  }
}

function assertNotInterrupted({ interruption }: Pick<World, "interruption">, done: string): void {
  if (interruption.aborted)
    throw new QboError("CANCELLED", `Interrupted after ${done}.`, { hint: "Repeat the command to go on." });
}
