import { asQboError, type ExitCode } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { chooseConnection, type ConnectionChoice } from "../flows/choose-connection.ts";
import { getCompanyInfo } from "../flows/company-info.ts";
import { connectionStates, type ConnectionReport, type ConnectionState } from "../flows/connection-report.ts";
import { assertSameOrigins } from "../flows/environments.ts";
import { readSettings } from "../flows/settings.ts";
import { reportStatus, type StatusFilter } from "../flows/status.ts";
import { defineCommand, type RawInput, type Style } from "./kit/command.ts";
import { describeConnection } from "./kit/connection-lines.ts";
import { describeTable } from "./kit/connection-table.ts";
import {
  connectionArgument,
  connectionOptions,
  readConnectionChoice,
  readDuration,
  readSwitch,
  readWords,
  usage,
} from "./options.ts";

export interface StatusOptions {
  choice: ConnectionChoice;
  filter: StatusFilter;
  failOn: readonly ConnectionState[];
  live: boolean;
}

interface Overview {
  connections: ConnectionReport[];
  /** How many there are at all. */
  known: number;
  failOn: readonly ConnectionState[];
}

/** So many connections are shown in full; more become a table. */
const mostInFull = 5;

export const statusCommand = defineCommand<StatusOptions, Overview>({
  name: "status",
  group: "Everyday",
  summary: "Show every connection, its expiries and what to do next",
  description:
    "Offline and instant: nothing is unlocked and nobody is asked. The most urgent connection comes first. States: ready (the access token is valid), " +
    "stale (a refresh will do), expiring (14 days or less are left), reconnect (a person must sign in), disconnected (revoked).",
  arguments: [connectionArgument],
  options: [
    ...connectionOptions,
    { flags: "--all", description: "all connections (as without a name)" },
    { flags: "--state <list>", description: "only these states, separated by commas" },
    { flags: "--expiring-within <duration>", description: "only those that expire so soon: 30d, 12h" },
    { flags: "--fail-on <states>", description: "exit 4 when a connection is in one of these states" },
    { flags: "--check", description: "the same as --fail-on reconnect,expiring" },
    { flags: "--live", description: "ask Intuit about each connection first, refreshing where needed" },
  ],
  examples: [
    ["qbo status", "everything"],
    ["qbo status --check --quiet", "for a monitor: exit 4 when somebody is needed"],
    ["qbo status --expiring-within 30d --json", "for a script"],
  ],
  read: readStatusOptions,
  run: look,
  human: formatOverview,
  json: ({ connections }) => ({ connections }),
  exitCode: ({ connections, failOn }): ExitCode => (connections.some(({ state }) => failOn.includes(state)) ? 4 : 0),
});

function readStatusOptions(raw: RawInput): StatusOptions {
  const choice = readConnectionChoice(raw);
  if (readSwitch(raw, "all") && choice.connection !== undefined)
    throw usage("--all and a single connection exclude each other.");
  const failOn = readWords(raw, "failOn", connectionStates) ?? [];
  return {
    choice,
    filter: { states: readWords(raw, "state", connectionStates), expiringWithin: readDuration(raw, "expiringWithin") },
    failOn: readSwitch(raw, "check") ? [...failOn, "reconnect", "expiring"] : failOn,
    live: readSwitch(raw, "live"),
  };
}

async function look(world: World, { choice, filter, failOn, live }: StatusOptions): Promise<Overview> {
  if (live) await askLive(world, await reportStatus(world, choice, filter));
  const connections = await reportStatus(world, choice, filter);
  // Only where nothing fits does it matter whether there is anything.
  const known = connections.length > 0 ? connections.length : (await world.facts.list()).length;
  return { connections, known, failOn };
}

/** Uses each connection once, so that the facts tell what is true now. A failure shows in the state, and stops nothing. */
async function askLive(world: World, connections: readonly ConnectionReport[]): Promise<void> {
  for (const { name, state } of connections) {
    if (state === "disconnected" || world.interruption.aborted) continue;
    const stop = world.notices.begin(`Asking Intuit about ${name}…`);
    try {
      const facts = await chooseConnection(world, { connection: name });
      assertSameOrigins(world.env, await readSettings(world), facts);
      await getCompanyInfo(world, facts);
    } catch (error) {
      const known = asQboError(error);
      if (!known) throw error;
      world.notices.warn(`${name}: ${known.message}`);
    } finally {
      stop();
    }
  }
}

function formatOverview({ connections, known }: Overview, style: Style): string {
  if (connections.length === 0)
    return known === 0 ? "No connections. Sign in: qbo login --env sandbox" : `None of the ${known} connections fits.`;
  if (connections.length > mostInFull) return describeTable(connections, style).join("\n");
  return connections.map((connection) => describeConnection(connection, style).join("\n")).join("\n\n");
}
