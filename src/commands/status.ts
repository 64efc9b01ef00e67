import { asQboError, type ExitCode } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { getCompanyInfo } from "../flows/api/company-info.ts";
import { chooseConnection, type ConnectionChoice } from "../flows/connections/choose-connection.ts";
import { connectionStates, type ConnectionState } from "../flows/connections/connection-report.ts";
import { describePlace } from "../flows/connections/explain-choice.ts";
import { surveyStatus, type StatusEntry, type StatusFilter } from "../flows/connections/status.ts";
import { assertSameOrigins } from "../flows/environments/same-origins.ts";
import { readSettings } from "../flows/settings.ts";
import { defineCommand, type Output, type RawInput, type Screen, type Style } from "./kit/command.ts";
import { describeConnection } from "./kit/connection-lines.ts";
import { describeTable, groupings, type Grouping } from "./kit/connection-table.ts";
import {
  connectionArgument,
  connectionOptions,
  readConnectionChoice,
  readDuration,
  readSwitch,
  readWord,
  readWords,
  usage,
} from "./kit/options.ts";

export interface StatusOptions {
  choice: ConnectionChoice;
  filter: StatusFilter;
  groupBy: Grouping | undefined;
  failOn: readonly ConnectionState[];
  live: boolean;
  watch: boolean;
}

interface Overview extends Pick<StatusOptions, "failOn" | "groupBy" | "watch"> {
  connections: StatusEntry[];
  /** Of how many nobody knows how they stand, because their records are damaged. */
  damaged: number;
  /** How many there are at all. */
  known: number;
}

/** So many connections are shown in full; more become a table. */
const mostInFull = 5;

export const statusCommand = defineCommand<StatusOptions, Overview>({
  name: "status",
  group: "Everyday",
  summary: "Show every connection, its expiries and what to do next",
  description:
    "Offline and instant: nothing is unlocked and nobody is asked. The most urgent connection comes first. States: ready (the access token is valid), " +
    "stale (a refresh will do), expiring (14 days or less are left, or as --warn-within says), reconnect (a person must sign in), disconnected (revoked).",
  arguments: [connectionArgument],
  options: [
    ...connectionOptions,
    { flags: "--all", description: "all connections (as without a name)" },
    { flags: "--state <list>", description: "only these states, separated by commas", words: connectionStates },
    { flags: "--expiring-within <duration>", description: "only those that expire so soon: 30d, 12h" },
    {
      flags: "--fail-on <states>",
      description: "exit 4 when a connection is in one of these states, 7 when one cannot be read",
      words: connectionStates,
    },
    { flags: "--check", description: "the same as --fail-on reconnect,expiring" },
    { flags: "--warn-within <duration>", description: "what counts as expiring (14d)" },
    {
      flags: "--group-by <what>",
      description: `${groupings.join(", ")}: a table with a heading for each`,
      words: groupings,
    },
    { flags: "--watch", description: "show it anew every 2 seconds, until Ctrl-C; only at a terminal" },
    { flags: "--live", description: "ask Intuit about each connection first, refreshing where needed" },
  ],
  examples: [
    ["qbo status", "everything"],
    ["qbo status --check --quiet", "for a monitor: exit 4 when somebody is needed"],
    ["qbo status --check --warn-within 30d", "the same, a month ahead"],
    ["qbo status --state reconnect,expiring --group-by environment", "who has something to do"],
    ["qbo status --expiring-within 30d --json", "for a script"],
  ],
  read: readStatusOptions,
  run: look,
  human: formatOverview,
  json: ({ connections }) => ({ connections: connections.map(({ report }) => ({ toJSON: report })) }),
  endsWhenInterrupted: ({ watch }) => watch,
  exitCode: judgeOverview,
});

/** A monitor must not take what cannot be known for good. */
function judgeOverview({ connections, failOn, damaged }: Overview): ExitCode {
  if (connections.some(({ state }) => failOn.includes(state))) return 4;
  return failOn.length > 0 && damaged > 0 ? 7 : 0;
}

function readStatusOptions(raw: RawInput): StatusOptions {
  const choice = readConnectionChoice(raw);
  if (readSwitch(raw, "all") && choice.connection !== undefined)
    throw usage("--all and a single connection exclude each other.");
  const [check, live, watch] = [readSwitch(raw, "check"), readSwitch(raw, "live"), readSwitch(raw, "watch")];
  const failOn = readWords(raw, "failOn", connectionStates) ?? [];
  if (watch && (check || live || failOn.length > 0))
    throw usage("--watch goes on until Ctrl-C: --check, --fail-on and --live do not go with it.");
  return {
    choice,
    filter: {
      states: readWords(raw, "state", connectionStates),
      expiringWithin: readDuration(raw, "expiringWithin"),
      warnWithin: readDuration(raw, "warnWithin"),
    },
    groupBy: readWord(raw, "groupBy", groupings),
    failOn: check ? [...failOn, "reconnect", "expiring"] : failOn,
    live,
    watch,
  };
}

async function look(world: World, options: StatusOptions, output: Output): Promise<Overview> {
  if (options.live) await askLive(world, (await surveyStatus(world, options.choice, options.filter)).connections);
  if (options.watch) await watchStatus(world, options, output.openScreen());
  return readOverview(world, options);
}

async function readOverview(world: World, options: StatusOptions): Promise<Overview> {
  const { failOn, groupBy, watch } = options;
  const { connections, damaged } = await surveyStatus(world, options.choice, options.filter);
  // Only where nothing fits does it matter whether there is anything.
  const known = connections.length > 0 ? connections.length : (await world.facts.survey()).facts.length;
  const place = known === 0 ? describePlace(world.env) : null;
  if (place !== null) world.notices.inform(place);
  return { connections, damaged, known, failOn, groupBy, watch };
}

/** Milliseconds between two looks. */
const watchPause = 2000;

async function watchStatus(world: World, options: StatusOptions, screen: Screen): Promise<void> {
  // What is to be told is told when the watch ends: with every look it would be written over the screen.
  const silent = { ...world, notices: { ...world.notices, inform: () => undefined, warn: () => undefined } };
  try {
    while (!world.interruption.aborted) {
      await screen.show(await readView(silent, options));
      await world.clock.sleep(watchPause, world.interruption);
    }
  } finally {
    screen.close();
  }
}

/** What the screen shows; a team store whose server restarts ends no watch. */
async function readView(world: World, options: StatusOptions): Promise<(style: Style) => string> {
  try {
    const overview = await readOverview(world, options);
    return (style) => formatOverview(overview, style);
  } catch (error) {
    const known = asQboError(error);
    if (!known?.details.isStoreAway) throw error;
    return (style) => `${style.yellow(known.message)}\nLooking again every 2 seconds.`;
  }
}

/** Uses each connection once, so that the facts tell what is true now. A failure shows in the state, and stops nothing. */
async function askLive(world: World, connections: readonly StatusEntry[]): Promise<void> {
  for (const {
    facts: { name },
    state,
  } of connections) {
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

function formatOverview({ connections, known, groupBy }: Overview, style: Style): string {
  if (connections.length === 0)
    return known === 0 ? "No connections. Sign in: qbo login --env sandbox" : `None of the ${known} connections fits.`;
  if (connections.length > mostInFull || groupBy !== undefined)
    return describeTable(connections, style, groupBy).join("\n");
  return connections.map(({ report }) => describeConnection(report(), style).join("\n")).join("\n\n");
}
