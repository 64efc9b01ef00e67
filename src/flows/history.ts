import type { ConnectionFacts } from "../core/connection.ts";
import { QboError } from "../core/errors.ts";
import { formatInstant } from "../core/instant.ts";
import { makePrintable } from "../core/printable.ts";
import { isRealmId } from "../core/realm-id.ts";
import type { JournalEvent } from "../core/store-ports.ts";
import type { World } from "../core/world.ts";
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
  const isWanted = selectEvents(known, choice);
  const earliest = since === undefined ? Number.NEGATIVE_INFINITY : world.clock.now() - since * 1000;
  const all = (await world.journal.read()).filter((event) => event.at >= earliest && isWanted(event));
  const events = limit === undefined ? all : all.slice(Math.max(0, all.length - limit));
  return {
    events,
    leftOut: all.length - events.length,
    names: new Map(known.map(({ id, name }) => [id, name])),
    host: world.platform.hostname,
  };
}

function selectEvents(
  known: readonly ConnectionFacts[],
  { connection, environment, app }: ConnectionChoice,
): (event: JournalEvent) => boolean {
  const isNamed = connection === undefined ? () => true : matchConnection(known, connection);
  const clients = new Set(known.filter((facts) => facts.app === app).map(({ clientId }) => clientId));
  return ({ connection: id }) => {
    const [ofEnvironment, ofClient = ""] = id?.split("/") ?? [];
    const isInside = environment === undefined || ofEnvironment === environment;
    return isInside && (app === undefined || clients.has(ofClient)) && isNamed(id ?? "");
  };
}

function matchConnection(known: readonly ConnectionFacts[], word: string): (id: string) => boolean {
  if (isRealmId(word)) return (id) => id.endsWith(`/${word}`);
  if (word.split("/").length === 3) return (id) => id === word;
  const facts = known.find(({ name }) => name === word);
  if (facts) return (id) => id === facts.id;
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
