import type { Instant } from "./instant.ts";
import type { JournalEvent } from "./journal-event.ts";

/** Which events of a journal are wanted: those that fit everything which is given. */
export interface EventQuery {
  /** `ConnectionId`. */
  connection?: string;
  /** Of no connection: its company was not known yet. */
  isUnnamed?: true;
  environment?: string;
  clientIds?: readonly string[];
  realmId?: string;
  events?: readonly JournalEvent["event"][];
  /** Neither before nor after these. */
  since?: Instant;
  until?: Instant;
  /** Of all these the latest so many, in the order in which they were noted. */
  limit?: number;
}

/** Whether an event is what a query asks for, its limit aside. */
export function fitsQuery(event: JournalEvent, query: EventQuery): boolean {
  const { connection, isUnnamed, environment, clientIds, realmId, events, since = -Infinity, until = Infinity } = query;
  const [ofEnvironment, ofClient = "", ofRealm] = event.connection?.split("/") ?? [];
  return (
    (connection === undefined || event.connection === connection) &&
    (isUnnamed === undefined || event.connection === null) &&
    (environment === undefined || ofEnvironment === environment) &&
    (clientIds === undefined || clientIds.includes(ofClient)) &&
    (realmId === undefined || ofRealm === realmId) &&
    (events === undefined || events.includes(event.event)) &&
    event.at >= since &&
    event.at <= until
  );
}

/** Of all events, in their order, those that any of the queries asks for. */
export function pickEvents(all: readonly JournalEvent[], queries: readonly EventQuery[]): JournalEvent[] {
  const wanted = new Set(
    queries.flatMap((query) => {
      const fitting = all.filter((event) => fitsQuery(event, query));
      return query.limit === undefined ? fitting : fitting.slice(Math.max(0, fitting.length - query.limit));
    }),
  );
  return all.filter((event) => wanted.has(event));
}
