import type { ClientRegistry } from "../../core/client-registry.ts";
import type { FindTeam } from "./reach.ts";

/** The clients that this machine knows, and those of the team. A client is noted where its secret lies. */
export function createSharedClients({ own, findTeam }: { own: ClientRegistry; findTeam: FindTeam }): ClientRegistry {
  const openTeam = async () => (await (await findTeam())?.open())?.clients;
  return {
    async read(clientId) {
      return (await own.read(clientId)) ?? (await openTeam())?.read(clientId);
    },
    async write(facts) {
      const team = await findTeam();
      if (team?.name !== facts.store) return own.write(facts);
      await (await team.open()).clients.write(facts);
      // What this machine knew of it would hide where the secret lies now.
      await own.remove(facts.clientId);
    },
    async remove(clientId) {
      if (await own.read(clientId)) return own.remove(clientId);
      await (await openTeam())?.remove(clientId);
    },
  };
}
