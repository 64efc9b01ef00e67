import type { World } from "../../core/world.ts";
import { readSettings } from "../settings.ts";

/** Removes a client's secret once neither a configured app nor a connection needs it any more. */
export async function releaseClientSecret(
  world: Pick<World, "env" | "configFiles" | "facts" | "clients" | "openStore">,
  clientId: string,
): Promise<void> {
  const { apps } = await readSettings(world);
  const isConfigured = Object.values(apps).some((app) => app.clientId === clientId);
  const isInUse = (await world.facts.list()).some((facts) => facts.clientId === clientId);
  const registered = await world.clients.read(clientId);
  if (isConfigured || isInUse || !registered) return;
  await (await world.openStore(registered.store)).removeClientSecret(clientId);
  await world.clients.remove(clientId);
}
