import type { ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import { formatInstant } from "../../core/instant.ts";
import type { EventQuery } from "../../core/journal-query.ts";
import { makePrintable } from "../../core/printable.ts";
import { isRealmId } from "../../core/realm-id.ts";
import type { JournalEvent } from "../../core/journal-event.ts";
import type { World } from "../../core/world.ts";
import type { ConnectionChoice } from "./choose-connection.ts";

export interface HistoryQuery {
  choice: ConnectionChoice;
  /** At most so many events, the latest; all when undefined. */
  limit?: number | undefined;
  /** Seconds that are looked back; everything when undefined. */
  since?: number | undefined;
}

/** A part of the journal, with the names by which people know the connections in it. */
export interface History {
  /** Oldest first. */
  events: JournalEvent[];
  /** How many older ones the limit left out. */
  leftOut: number;
  /** Name by connection ID. */
  names: ReadonlyMap<string, string>;
  /** The host that was asked: events of other hosts name theirs. */
  host: string;
}

type Doors = Pick<World, "facts" | "journal" | "clock" | "platform">;

/**
 * What happened, by the journal: to all connections, or to the named one.
 * @throws NOT_CONNECTED for a name that nothing has, STORE_CORRUPT for one whose record is damaged.
 */
export async function readHistory(world: Doors, { choice, limit, since }: HistoryQuery): Promise<History> {
  // Only their names are wanted: what cannot be read is shown by its realm ID.
  const { facts: known, damaged } = await world.facts.survey();
  const meant = damaged.find(({ name }) => name === choice.connection);
  if (meant) throw meant.error;
  const wanted = describeWanted(known, choice);
  const query = since === undefined ? wanted : { ...wanted, since: world.clock.now() - since * 1000 };
  const events = await world.journal.read(limit === undefined ? query : { ...query, limit });
  const isCut = limit !== undefined && events.length >= limit;
  return {
    events,
    leftOut: isCut ? Math.max(0, (await world.journal.count(query)) - events.length) : 0,
    names: new Map(known.map(({ id, name }) => [id, name])),
    host: world.platform.hostname,
  };
}

function describeWanted(
  known: readonly ConnectionFacts[],
  { connection, environment, app }: ConnectionChoice,
): EventQuery {
  const clientIds = known.filter((facts) => facts.app === app).map(({ clientId }) => clientId);
  return {
    ...(connection === undefined ? {} : describeNamed(known, connection)),
    ...(environment === undefined ? {} : { environment }),
    ...(app === undefined ? {} : { clientIds: [...new Set(clientIds)] }),
  };
}

function describeNamed(known: readonly ConnectionFacts[], word: string): EventQuery {
  if (isRealmId(word)) return { realmId: word };
  if (word.split("/").length === 3) return { connection: word };
  const facts = known.find(({ name }) => name === word);
  if (facts) return { connection: facts.id };
  throw new QboError("NOT_CONNECTED", `There is no connection ${makePrintable(word, 80)}.`, {
    hint: "List the connections: qbo status",
  });
}

/** An event in the shape of the JSON contract. */
export function describeEvent({ at, ...event }: JournalEvent) {
  const { connection, event: name, outcome, tokenBefore, tokenAfter, intuitTid, host, pid, detail } = event;
  return {
    at: formatInstant(at),
    connection,
    event: name,
    outcome,
    tokenBefore,
    tokenAfter,
    intuitTid,
    host,
    pid,
    detail,
  };
}
