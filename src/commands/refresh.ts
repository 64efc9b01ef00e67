import type { ConnectionFacts } from "../core/connection.ts";
import { QboError, type ExitCode } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { listConnections, type ConnectionChoice } from "../flows/choose-connection.ts";
import { earliestEnd, type ConnectionReport } from "../flows/connection-report.ts";
import { getFreshToken } from "../flows/fresh-token.ts";
import { withConnection } from "../flows/login/with-connection.ts";
import { refreshMany, type RefreshResult } from "../flows/refresh-many.ts";
import { refreshGivenToken, type GivenRefresh } from "../flows/given-token.ts";
import { reportOneConnection } from "../flows/status.ts";
import { describeBulk, judgeBulk, reportError } from "./kit/bulk.ts";
import { defineCommand, type Output, type RawInput, type Style } from "./kit/command.ts";
import { describeConnection } from "./kit/connection-lines.ts";
import { readStdinSecret, stdinSecrets } from "./kit/stdin-secret.ts";
import {
  connectionArgument,
  connectionOptions,
  readConnectionChoice,
  readDuration,
  readNumber,
  readSwitch,
  usage,
} from "./options.ts";

export interface RefreshOptions {
  choice: ConnectionChoice;
  all: boolean;
  expiringWithin: number | undefined;
  concurrency: number;
  jsonLines: boolean;
  tokenStdin: boolean;
}

type Refreshed =
  | { kind: "one"; results: RefreshResult[]; connection: ConnectionReport }
  | { kind: "many"; results: RefreshResult[]; emitted: boolean }
  | { kind: "given"; given: GivenRefresh };

export const refreshCommand = defineCommand<RefreshOptions, Refreshed>({
  name: "refresh",
  group: "Everyday",
  summary: "Refresh a connection's tokens now",
  description:
    "Refreshes even when the access token is still valid, and prolongs the refresh token's life. With --all it does so for every connection, " +
    "and one that fails stops none of the others.",
  arguments: [connectionArgument],
  options: [
    ...connectionOptions,
    { flags: "--all", description: "all connections (of --env, of --app)" },
    { flags: "--expiring-within <duration>", description: "only those that expire so soon: 30d, 12h" },
    { flags: "--concurrency <n>", description: "how many at a time (8)" },
    { flags: "--json-lines", description: "one JSON document per result, as they come" },
    { flags: "--token-stdin", description: "a refresh token on stdin that no store holds; prints the new tokens" },
  ],
  examples: [
    ["qbo refresh acme", "one connection"],
    ["qbo refresh --all --expiring-within 30d", "what keeps a fleet alive"],
  ],
  read: readRefreshOptions,
  run: refresh,
  human: formatRefreshed,
  json: (result) => describeRefreshed(result),
  isSecret: ({ kind }) => kind === "given",
  isOnlyCopy: (result) => result.kind === "given",
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
  const concurrency = readNumber(raw, "concurrency", { least: 1, most: 64 }) ?? 8;
  return { choice, all, expiringWithin, concurrency, jsonLines: readSwitch(raw, "jsonLines"), tokenStdin };
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
  const connections = (await listConnections(world, options.choice)).filter((facts) =>
    isDue(facts, options.expiringWithin, world.clock.now()),
  );
  world.notices.inform(`Refreshing ${connections.length} connections`);
  const results = await refreshMany(world, connections, {
    concurrency: options.concurrency,
    onResult: options.jsonLines
      ? (result) => output.document({ ...result, error: reportError(result.error) })
      : undefined,
  });
  return { kind: "many", results, emitted: options.jsonLines };
}

function isDue(facts: ConnectionFacts, expiringWithin: number | undefined, now: number): boolean {
  if (facts.disconnectedAt !== null) return false;
  const end = earliestEnd(facts);
  return expiringWithin === undefined || end === null || end - now <= expiringWithin * 1000;
}

function formatRefreshed(result: Refreshed, style: Style): string {
  if (result.kind === "given") return JSON.stringify(describeGiven(result.given).tokens, undefined, 2);
  if (result.kind === "many") return result.emitted ? "" : formatMany(result.results, style);
  const [only] = result.results;
  const headline =
    only?.outcome === "refreshed" ? `${style.green("✓")} Refreshed` : "Another process refreshed it a moment ago";
  return [headline, ...describeConnection(result.connection, style)].join("\n");
}

/** No store holds the tokens: what is not handed over here would be lost. */
function describeGiven({ accessToken, refreshToken, ...times }: GivenRefresh) {
  const tokens = { accessToken: accessToken.reveal(), refreshToken: refreshToken.reveal(), ...times };
  return {
    results: [{ connection: null, outcome: "refreshed", error: null }],
    refreshed: 1,
    unchanged: 0,
    failed: 0,
    tokens,
  };
}

function describeRefreshed(result: Refreshed): unknown {
  if (result.kind === "given") return describeGiven(result.given);
  return result.kind === "many" && result.emitted ? undefined : describeBulk(result.results);
}

function formatMany(results: readonly RefreshResult[], style: Style): string {
  const lines = results.map(({ connection, outcome, error }) =>
    error instanceof QboError
      ? `${style.red("✗")} ${connection}: ${error.message}`
      : `${style.green("✓")} ${connection}: ${outcome}`,
  );
  const { refreshed, unchanged, failed } = describeBulk(results);
  const others = unchanged > 0 ? `, ${unchanged} refreshed by another process` : "";
  return [...lines, `${refreshed} refreshed${others}, ${failed} failed`].join("\n");
}
