import type { ConnectionFacts } from "../../core/connection.ts";
import { second, type Instant } from "../../core/instant.ts";
import type { World } from "../../core/world.ts";
import { findConfiguredClientId } from "../apps/apps.ts";
import { chooseConnection, type ConnectionChoice } from "./choose-connection.ts";
import { surveyConnections } from "./list-connections.ts";
import {
  describeDuty,
  earliestEnd,
  judgeState,
  reportConnection,
  type ConnectionReport,
  type ConnectionState,
  type ReportContext,
} from "./connection-report.ts";
import { readSettings, type Settings } from "../settings.ts";

export interface StatusFilter {
  states?: readonly ConnectionState[] | undefined;
  /** Seconds: only connections that a person or a refresh must tend to within that time. */
  expiringWithin?: number | undefined;
  /** Seconds before its end from which a connection counts as expiring; 14 days unless given. */
  warnWithin?: number | undefined;
}

type Doors = Pick<World, "env" | "configFiles" | "facts" | "prompter" | "clock" | "notices">;

/** A connection in its place among the others. */
export interface StatusEntry extends Pick<ConnectionReport, "nextAction" | "configuredClientId"> {
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
  const describe = createContext(settings, { now, warnWithin: filter.warnWithin });
  const connections = chosen
    .map((facts) => ({
      facts,
      state: judgeState(facts, now, filter.warnWithin),
      end: earliestEnd(facts, now) ?? Infinity,
    }))
    .filter((candidate) => matches(candidate, filter, now))
    .toSorted((a, b) => urgency[a.state] - urgency[b.state] || a.end - b.end || (a.facts.name < b.facts.name ? -1 : 1))
    .map(({ facts, state }) => ({
      facts,
      state,
      ...describeDuty(facts, state, describe(facts)),
      report: () => reportConnection(facts, describe(facts)),
    }));
  return { connections, damaged: damaged.length };
}

/** One connection as `status` shows it. */
export async function reportOneConnection(
  world: Pick<World, "env" | "configFiles" | "clock">,
  facts: ConnectionFacts,
): Promise<ConnectionReport> {
  const settings = await readSettings(world);
  return reportConnection(facts, createContext(settings, { now: world.clock.now() })(facts));
}

/** The lowest comes first. */
const urgency: Readonly<Record<ConnectionState, number>> = {
  reconnect: 0,
  expiring: 1,
  stale: 2,
  ready: 3,
  disconnected: 4,
};

/** What a report on each connection depends on. Thousands of connections have a handful of apps. */
function createContext(
  settings: Settings,
  { now, warnWithin }: Pick<ReportContext, "now" | "warnWithin">,
): (facts: ConnectionFacts) => ReportContext {
  const defaultConnection = settings.connection?.value;
  const known = new Map<string, ReportContext>();
  return (facts) => {
    const key = `${facts.environment}/${facts.app}`;
    const remembered = known.get(key);
    if (remembered) return remembered;
    const configuredClientId = findConfiguredClientId(settings, facts);
    const context = { now, warnWithin, defaultConnection, configuredClientId };
    known.set(key, context);
    return context;
  };
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
