import type { ConnectionFacts } from "../../core/connection.ts";
import type { ExitCode } from "../../core/errors.ts";
import { readStoreName, storeForms } from "../../core/store-name.ts";
import type { World } from "../../core/world.ts";
import { chooseConnection, type ConnectionChoice } from "../../flows/connections/choose-connection.ts";
import { surveyConnections } from "../../flows/connections/list-connections.ts";
import { moveConnections, type MoveReport } from "../../flows/store/move.ts";
import { describeFailure, judgeBulk, pickTelling, reportError } from "../kit/bulk.ts";
import { defineCommand, type RawInput, type Style } from "../kit/command.ts";
import {
  appOption,
  assertGiven,
  environmentOption,
  readOption,
  readStoreOption,
  readSwitch,
  storeOption,
  usage,
} from "../kit/options.ts";

export interface StoreMoveOptions {
  names: string[];
  narrowing: Omit<ConnectionChoice, "connection">;
  all: boolean;
  to: string;
}

export const storeMoveCommand = defineCommand<StoreMoveOptions, MoveReport>({
  name: "store move",
  group: "Storing and moving",
  summary: "Move connections to another store",
  description:
    "Moves the tokens, one connection after the other. They are written to the new store and read back before they are removed from the old one, and " +
    "an interrupted move is finished by the same command. The secret of a client follows the last of its connections.",
  arguments: [{ name: "connection...", description: "names or realm IDs of the connections" }],
  options: [
    { ...storeOption, flags: "--to <store>" },
    { flags: "--all", description: "all connections (of --env, of --app)" },
    environmentOption,
    appOption,
  ],
  examples: [
    ["qbo store move --all --to file", "everything into sealed files"],
    ["qbo store move acme globex --to helper:pass", "two connections"],
  ],
  read: readMoveOptions,
  run: move,
  human: formatMoves,
  json: describeMoves,
  exitCode: ({ connections, clientSecrets }): ExitCode => judgeBulk([...connections, ...clientSecrets]),
});

function readMoveOptions(raw: RawInput): StoreMoveOptions {
  const names = raw.arguments.flatMap((name) => (name === undefined ? [] : assertGiven("A connection's name", name)));
  const all = readSwitch(raw, "all");
  if (all && names.length > 0) throw usage("--all and single connections exclude each other.");
  const to = readStoreOption(raw, "to");
  if (to === undefined) throw usage("Nothing says where to move.", "Name a store: --to file");
  const store = readStoreName(to);
  if (!store) throw usage("--to names no store.", `It takes ${storeForms}.`);
  return {
    names,
    all,
    to: store.text,
    narrowing: { environment: readOption(raw, "env"), app: readOption(raw, "app") },
  };
}

async function move(world: World, { names, narrowing, all, to }: StoreMoveOptions): Promise<MoveReport> {
  const { connections, damaged } = all
    ? await surveyConnections(world, narrowing)
    : { connections: await choose(world, names, narrowing), damaged: [] };
  // What cannot be read stays where it is, and so does what it may need.
  const isAll = all && damaged.length === 0 && narrowing.environment === undefined && narrowing.app === undefined;
  world.notices.inform(`Moving ${describeMany(connections)} to ${to}`);
  const report = await moveConnections(world, connections, { to, isAll });
  const [only, ...others] = [...report.connections, ...report.clientSecrets.filter(({ error }) => error)];
  if (!all && names.length <= 1 && only?.error && others.length === 0) throw only.error;
  return report;
}

async function choose(
  world: World,
  names: readonly string[],
  narrowing: Omit<ConnectionChoice, "connection">,
): Promise<ConnectionFacts[]> {
  const chosen = new Map<string, ConnectionFacts>();
  for (const connection of names.length === 0 ? [undefined] : names) {
    const facts = await chooseConnection(world, { ...narrowing, connection });
    chosen.set(facts.name, facts);
  }
  return [...chosen.values()];
}

function describeMany(connections: readonly ConnectionFacts[]): string {
  const [only, ...others] = connections;
  return only && others.length === 0 ? only.name : `${connections.length} connections`;
}

function formatMoves({ connections, clientSecrets, to }: MoveReport, style: Style): string {
  const mark = (isFailed: boolean) => (isFailed ? style.red("✗") : style.green("✓"));
  const told = style.isTerminal ? pickTelling(connections) : connections;
  const moves = told.map(({ connection, from, outcome, error }) => {
    const head = `${mark(error !== null)} ${style.bold(connection)}`;
    if (error) return `${head}: ${describeFailure(error)}`;
    return outcome === "moved" ? `${head}: moved from ${from}` : `${head}: is in ${to} already`;
  });
  const secrets = clientSecrets.map(({ clientId, from, outcome, error }) => {
    const head = `${outcome === "left" ? style.dim("·") : mark(error !== null)} client secret of ${clientId}`;
    if (error) return `${head}: ${describeFailure(error)}`;
    if (outcome === "left") return `${head}: stays in ${from}, where other connections need it`;
    return outcome === "moved" ? `${head}: moved from ${from}` : `${head}: is in ${to} already`;
  });
  const count = (outcome: string) => connections.filter((each) => each.outcome === outcome).length;
  const total = `${count("moved")} moved to ${to}, ${count("unchanged")} there already, ${count("failed")} failed and left`;
  return [...moves, ...secrets, total].join("\n");
}

function describeMoves({ connections, clientSecrets, to }: MoveReport) {
  const count = (outcome: string) => connections.filter((each) => each.outcome === outcome).length;
  return {
    to,
    results: connections.map((result) => ({ ...result, error: reportError(result.error) })),
    clientSecrets: clientSecrets.map((result) => ({ ...result, error: reportError(result.error) })),
    moved: count("moved"),
    unchanged: count("unchanged"),
    failed: count("failed"),
  };
}
