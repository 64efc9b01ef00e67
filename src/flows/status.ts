import type { ConnectionFacts } from "../core/connection.ts";
import type { World } from "../core/world.ts";
import { findConfiguredClientId } from "./apps.ts";
import { chooseConnection, listConnections, type ConnectionChoice } from "./choose-connection.ts";
import {
  earliestEnd,
  judgeState,
  reportConnection,
  type ConnectionReport,
  type ConnectionState,
} from "./connection-report.ts";
import { readSettings, type Settings } from "./settings.ts";

export interface StatusFilter {
  states?: readonly ConnectionState[] | undefined;
  /** Seconds: only connections that a person or a refresh must tend to within that time. */
  expiringWithin?: number | undefined;
}

type Doors = Pick<World, "env" | "configFiles" | "facts" | "prompter" | "clock">;

/** The connections as they stand, the most urgent first; offline. Without a connection named: all of them. */
export async function reportStatus(
  world: Doors,
  choice: ConnectionChoice,
  filter: StatusFilter,
): Promise<ConnectionReport[]> {
  const settings = await readSettings(world);
  const chosen =
    choice.connection === undefined ? await listConnections(world, choice) : [await chooseConnection(world, choice)];
  const now = world.clock.now();
  return chosen
    .filter((facts) => matches(facts, filter, now))
    .map((facts) => ({ facts, rank: urgency.indexOf(judgeState(facts, now)), end: earliestEnd(facts) ?? Infinity }))
    .toSorted((a, b) => a.rank - b.rank || a.end - b.end || (a.facts.name < b.facts.name ? -1 : 1))
    .map(({ facts }) => reportOne(facts, settings, now));
}

/** One connection as `status` shows it. */
export async function reportOneConnection(
  world: Pick<World, "env" | "configFiles" | "clock">,
  facts: ConnectionFacts,
): Promise<ConnectionReport> {
  return reportOne(facts, await readSettings(world), world.clock.now());
}

const urgency: readonly ConnectionState[] = ["reconnect", "expiring", "stale", "ready", "disconnected"];

function reportOne(facts: ConnectionFacts, settings: Settings, now: number): ConnectionReport {
  return reportConnection(facts, {
    now,
    defaultConnection: settings.connection?.value,
    configuredClientId: findConfiguredClientId(settings, facts),
  });
}

function matches(facts: ConnectionFacts, { states, expiringWithin }: StatusFilter, now: number): boolean {
  const end = earliestEnd(facts);
  const isSoon =
    expiringWithin === undefined ||
    (end !== null && end - now <= expiringWithin * 1000 && facts.disconnectedAt === null);
  return isSoon && (states === undefined || states.includes(judgeState(facts, now)));
}
