import { decodeJournalLine, encodeJournalLine } from "../../core/journal-line.ts";
import { fitsQuery } from "../../core/journal-query.ts";
import type { Clock } from "../../core/ports.ts";
import type { Journal } from "../../core/store-ports.ts";
import { assertReady } from "./facts.ts";
import { countLines, selectLines } from "./journal-sql.ts";
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
    async read(...queries) {
      await assertReady(team);
      const { sql, values } = selectLines(queries);
      const rows = await database.query(sql, values);
      const events = rows.flatMap(({ line }) =>
        typeof line === "string" ? (decodeJournalLine(line.trimEnd()) ?? []) : [],
      );
      return events.filter((event) => queries.some((query) => fitsQuery(event, query)));
    },
    async count(query) {
      await assertReady(team);
      const { sql, values } = countLines(query);
      const [row] = await database.query(sql, values);
      return Number(row?.["count"] ?? 0);
    },
    async forget(connection) {
      await assertReady(team);
      await database.query("DELETE FROM qbo.event WHERE connection = $1", [connection]);
    },
  };
}
