import type { ConnectionFacts } from "../core/connection.ts";
import { second, type Instant } from "../core/instant.ts";
import type { World } from "../core/world.ts";
import { findConfiguredClientId } from "./apps.ts";
import { chooseConnection, type ConnectionChoice } from "./choose-connection.ts";
import { surveyConnections } from "./list-connections.ts";
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
  /** Seconds before its end from which a connection counts as expiring; 14 days unless given. */
  warnWithin?: number | undefined;
}

type Doors = Pick<World, "env" | "configFiles" | "facts" | "prompter" | "clock" | "notices">;

/** A connection in its place among the others. */
export interface StatusEntry {
  facts: ConnectionFacts;
  state: ConnectionState;
  /** All about it. It is made anew each time: of thousands at once there would be more than all their facts together. */
  report(this: void): ConnectionReport;
}

/** The connections as they stand, the most urgent first; offline. Without a connection named: all of them. */
export async function reportStatus(
  world: Doors,
  choice: ConnectionChoice,
  filter: StatusFilter,
): Promise<ConnectionReport[]> {
  return (await surveyStatus(world, choice, filter)).connections.map(({ report }) => report());
}

/** As `reportStatus`, each report to be made when it is needed, with how many records cannot be read: nobody knows how these connections stand. */
export async function surveyStatus(
  world: Doors,
  choice: ConnectionChoice,
  filter: StatusFilter,
): Promise<{ connections: StatusEntry[]; damaged: number }> {
  const settings = await readSettings(world);
  const { connections: chosen, damaged } =
    choice.connection === undefined
      ? await surveyConnections(world, choice)
      : { connections: [await chooseConnection(world, choice)], damaged: [] };
  const now = world.clock.now();
  const context = { now, warnWithin: filter.warnWithin, findClient: rememberClients(settings) };
  const connections = chosen
    .map((facts) => ({ facts, state: judgeState(facts, now, filter.warnWithin), end: earliestEnd(facts) ?? Infinity }))
    .filter((candidate) => matches(candidate, filter, now))
    .toSorted((a, b) => urgency[a.state] - urgency[b.state] || a.end - b.end || (a.facts.name < b.facts.name ? -1 : 1))
    .map(({ facts, state }) => ({ facts, state, report: () => reportOne(facts, settings, context) }));
  return { connections, damaged: damaged.length };
}

/** One connection as `status` shows it. */
export async function reportOneConnection(
  world: Pick<World, "env" | "configFiles" | "clock">,
  facts: ConnectionFacts,
): Promise<ConnectionReport> {
  const settings = await readSettings(world);
  return reportOne(facts, settings, { now: world.clock.now(), findClient: rememberClients(settings) });
}

/** The lowest comes first. */
const urgency: Readonly<Record<ConnectionState, number>> = {
  reconnect: 0,
  expiring: 1,
  stale: 2,
  ready: 3,
  disconnected: 4,
};

interface Context {
  now: Instant;
  warnWithin?: number | undefined;
  findClient: ClientFinder;
}

type ClientFinder = (facts: Pick<ConnectionFacts, "app" | "environment">) => string | undefined;

/** Thousands of connections have a handful of apps. */
function rememberClients(settings: Settings): ClientFinder {
  const known = new Map<string, string | undefined>();
  return (facts) => {
    const key = `${facts.environment}/${facts.app}`;
    if (!known.has(key)) known.set(key, findConfiguredClientId(settings, facts));
    return known.get(key);
  };
}

function reportOne(
  facts: ConnectionFacts,
  settings: Settings,
  { now, warnWithin, findClient }: Context,
): ConnectionReport {
  return reportConnection(facts, {
    now,
    warnWithin,
    defaultConnection: settings.connection?.value,
    configuredClientId: findClient(facts),
  });
}

interface Candidate {
  facts: ConnectionFacts;
  state: ConnectionState;
  /** Infinity when unknown. */
  end: Instant;
}

function matches({ facts, state, end }: Candidate, { states, expiringWithin }: StatusFilter, now: Instant): boolean {
  const isSoon =
    expiringWithin === undefined || (end - now <= expiringWithin * second && facts.disconnectedAt === null);
  return isSoon && (states === undefined || states.includes(state));
}
