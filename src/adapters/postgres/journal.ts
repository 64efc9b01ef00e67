import { decodeJournalLine, encodeJournalLine } from "../../core/journal-line.ts";
import type { Clock } from "../../core/ports.ts";
import type { Journal } from "../../core/store-ports.ts";
import { assertReady } from "./facts.ts";
import type { Team } from "./secret-row.ts";

export interface TeamJournalOptions {
  clock: Pick<Clock, "now">;
  host: string;
  pid: number;
}

/** How many events of one connection are kept: years of a connection's life. */
const mostEvents = 5000;

/** What happened on any machine, in the same lines as in the journal's files. */
export function createTeamJournal(team: Team, { clock, host, pid }: TeamJournalOptions): Journal {
  const { database } = team;
  return {
    async append(event) {
      const line = encodeJournalLine({ ...event, at: clock.now(), host, pid });
      // What lies further back than is kept goes in the same step, one event for each new one.
      const sql = `WITH kept AS (INSERT INTO qbo.event (connection, line) VALUES ($1, $2))
        DELETE FROM qbo.event WHERE number IN (
          SELECT number FROM qbo.event WHERE connection = $1 ORDER BY number DESC OFFSET ${mostEvents} LIMIT 100)`;
      await database.query(sql, [event.connection ?? "", line]);
    },
    async read() {
      await assertReady(team);
      const rows = await database.query("SELECT line FROM qbo.event ORDER BY number");
      return rows.flatMap(({ line }) => (typeof line === "string" ? (decodeJournalLine(line.trimEnd()) ?? []) : []));
    },
    async forget(connection) {
      await assertReady(team);
      await database.query("DELETE FROM qbo.event WHERE connection = $1", [connection]);
    },
  };
}
