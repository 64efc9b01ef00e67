import type { ConnectionFacts } from "../core/connection.ts";
import type { ExitCode } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import type { ConnectionChoice } from "../flows/connections/choose-connection.ts";
import { surveyConnections } from "../flows/connections/list-connections.ts";
import { earliestEnd, type ConnectionReport } from "../flows/connections/connection-report.ts";
import { planRun } from "../flows/many/continued-run.ts";
import { getFreshToken } from "../flows/refresh/fresh-token.ts";
import { withConnection } from "../flows/login/with-connection.ts";
import { refreshMany, type RefreshResult } from "../flows/many/refresh-many.ts";
import { refreshGivenToken, type GivenRefresh } from "../flows/given-token.ts";
import { reportOneConnection } from "../flows/connections/status.ts";
import { explainPartialFailure, judgeBulk } from "./kit/bulk.ts";
import { defineCommand, type Output, type RawInput, type Style } from "./kit/command.ts";
import { describeConnection } from "./kit/connection-lines.ts";
import {
  describeBulk,
  describeGiven,
  describeResult,
  describeRun,
  formatResult,
  formatRun,
  type BulkRefresh,
} from "./kit/refresh-lines.ts";
import { writeSameCommand } from "./kit/same-command.ts";
import { readStdinSecret, stdinSecrets } from "./kit/stdin-secret.ts";
import {
  connectionArgument,
  connectionOptions,
  readConcurrency,
  readConnectionChoice,
  readDuration,
  readSwitch,
  concurrencyOption,
  usage,
} from "./kit/options.ts";

export interface RefreshOptions {
  choice: ConnectionChoice;
  all: boolean;
  expiringWithin: number | undefined;
  concurrency: number;
  restart: boolean;
  jsonLines: boolean;
  tokenStdin: boolean;
  /** The command that goes on with a run that was cut short. */
  again: string;
}

type Refreshed =
  | { kind: "one"; results: RefreshResult[]; connection: ConnectionReport }
  | ({ kind: "many" } & BulkRefresh)
  | { kind: "given"; given: GivenRefresh };

export const refreshCommand = defineCommand<RefreshOptions, Refreshed>({
  name: "refresh",
  group: "Everyday",
  summary: "Refresh a connection's tokens now",
  description:
    "Refreshes even when the access token is still valid, and prolongs the refresh token's life. With --all it does so for every connection, the most " +
    "urgent first, and one that fails stops none of the others. Interrupted, it reports what was done; the same command within an hour goes on " +
    "with those that are left. Where Intuit throttles, all wait as long as it asks; a store whose server is away is waited for, too, for a minute.",
  arguments: [connectionArgument],
  options: [
    ...connectionOptions,
    { flags: "--all", description: "all connections (of --env, of --app)" },
    { flags: "--expiring-within <duration>", description: "only those that expire so soon: 30d, 12h" },
    concurrencyOption,
    { flags: "--restart", description: "with --all: begin anew instead of continuing a run that was cut short" },
    { flags: "--json-lines", description: "one JSON document per result, as they come" },
    { flags: "--token-stdin", description: "a refresh token on stdin that no store holds; prints the new tokens" },
  ],
  examples: [
    ["qbo refresh acme", "one connection"],
    ["qbo refresh --all --expiring-within 30d", "what keeps a fleet alive"],
    ["qbo refresh --all --env production --json-lines", "each result as it comes, for a log"],
  ],
  read: readRefreshOptions,
  run: refresh,
  human: formatRefreshed,
  json: (result) => describeRefreshed(result),
  isSecret: ({ kind }) => kind === "given",
  isOnlyCopy: ({ kind }) => kind !== "one",
  endedBy: (result) => (result.kind === "many" ? result.endedBy : null),
  exitCode: (result): ExitCode => (result.kind === "many" ? judgeBulk(result.results) : 0),
});

function readRefreshOptions(raw: RawInput): RefreshOptions {
  const choice = readConnectionChoice(raw);
  const expiringWithin = readDuration(raw, "expiringWithin");
  const all = readSwitch(raw, "all") || expiringWithin !== undefined;
  if (all && choice.connection !== undefined) throw usage("--all and a single connection exclude each other.");
  const tokenStdin = readSwitch(raw, "tokenStdin");
  if (tokenStdin && (all || choice.connection !== undefined))
    throw usage("--token-stdin is about a token that belongs to no connection here.");
  const [restart, jsonLines] = [readSwitch(raw, "restart"), readSwitch(raw, "jsonLines")];
  if (restart && !all) throw usage("--restart is about --all.");
  const again = writeSameCommand("refresh", raw, ["all", "expiringWithin", "env", "app", "concurrency", "jsonLines"]);
  return { choice, all, expiringWithin, concurrency: readConcurrency(raw), restart, jsonLines, tokenStdin, again };
}

async function refresh(world: World, options: RefreshOptions, output: Output): Promise<Refreshed> {
  if (options.tokenStdin)
    return {
      kind: "given",
      given: await refreshGivenToken(world, options.choice, await readStdinSecret(world, stdinSecrets.refreshToken)),
    };
  if (options.all) return refreshAll(world, options, output);
  return withConnection(world, options.choice, async (facts) => {
    world.notices.inform(`Refreshing ${facts.name} (${facts.companyName ?? facts.realmId}, ${facts.environment})`);
    const { outcome } = await getFreshToken(world, facts, { minValidity: 0, force: true, allowLastMinute: false });
    const latest = (await world.facts.read(facts.name)) ?? facts;
    return {
      kind: "one",
      results: [{ connection: facts.name, outcome, error: null }],
      connection: await reportOneConnection(world, latest),
    };
  });
}

async function refreshAll(world: World, options: RefreshOptions, output: Output): Promise<Refreshed> {
  const { concurrency, restart, jsonLines, again } = options;
  const survey = await surveyConnections(world, options.choice);
  const targets = survey.connections.filter((facts) => isDue(facts, options.expiringWithin, world.clock.now()));
  const unreadable = survey.damaged.map(({ name, error }) => ({ connection: name, outcome: "failed" as const, error }));
  const plan = await planRun(world, targets, { selection: describeSelection(world, options), restart });
  const { connections, continued } = plan;
  if (connections.length > 0) world.notices.inform(`Refreshing ${connections.length} connections`);
  // Lines for a program and a bar would write over each other on a terminal.
  const progress = jsonLines ? undefined : world.notices.count("Refreshing", connections.length + unreadable.length);
  const onResult = (result: RefreshResult) => {
    progress?.advance({ isFailed: result.error !== null });
    if (jsonLines) output.document(describeResult(result));
    else output.line((style) => (style.isTerminal ? undefined : formatResult(result, style)));
  };
  unreadable.forEach(onResult);
  const refreshed = await refreshMany(world, connections, { concurrency, again, onResult }).finally(() =>
    progress?.end(),
  );
  const { endedBy } = refreshed;
  const results = [...unreadable, ...refreshed.results];
  if (endedBy === null) await plan.finish();
  return {
    kind: "many",
    results,
    continued,
    endedBy: endedBy ?? (jsonLines ? explainPartialFailure(results) : null),
    written: jsonLines ? "json-lines" : "nothing",
  };
}

/** What was asked for, as one text: the same is continued. */
function describeSelection({ env }: Pick<World, "env">, { choice, expiringWithin }: RefreshOptions): string {
  const { environment = env["QBO_ENV"], app = env["QBO_APP"] } = choice;
  return JSON.stringify({ command: "refresh", environment, app, expiringWithin });
}

function isDue(facts: ConnectionFacts, expiringWithin: number | undefined, now: number): boolean {
  if (facts.disconnectedAt !== null) return false;
  const end = earliestEnd(facts, now);
  return expiringWithin === undefined || end === null || end - now <= expiringWithin * 1000;
}

function formatRefreshed(result: Refreshed, style: Style): string {
  if (result.kind === "given") return JSON.stringify(describeGiven(result.given).tokens, undefined, 2);
  if (result.kind === "many") return result.written === "json-lines" ? "" : formatRun(result, style);
  const [only] = result.results;
  const headline =
    only?.outcome === "refreshed" ? `${style.green("✓")} Refreshed` : "Another process refreshed it a moment ago";
  return [headline, ...describeConnection(result.connection, style)].join("\n");
}

function describeRefreshed(result: Refreshed): unknown {
  if (result.kind === "given") return describeGiven(result.given);
  if (result.kind === "one") return describeBulk(result.results);
  return result.written === "json-lines" ? undefined : describeRun(result);
}
