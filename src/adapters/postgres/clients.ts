import type { ClientRegistry } from "../../core/client-registry.ts";
import { assertReady } from "./facts.ts";
import type { Team } from "./secret-row.ts";

/** The clients whose secrets lie in the team store, so that a machine that never met them finds these. */
export function createTeamClients(team: Team): ClientRegistry {
  const { database, text } = team;
  return {
    async read(clientId) {
      await assertReady(team);
      const found = await database.query("SELECT 1 FROM qbo.client WHERE client_id = $1", [clientId]);
      return found.length > 0 ? { clientId, store: text } : undefined;
    },
    async write({ clientId }) {
      await assertReady(team);
      await database.query("INSERT INTO qbo.client (client_id) VALUES ($1) ON CONFLICT DO NOTHING", [clientId]);
    },
    async remove(clientId) {
      await assertReady(team);
      await database.query("DELETE FROM qbo.client WHERE client_id = $1", [clientId]);
    },
  };
}
