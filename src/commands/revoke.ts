import type { ExitCode } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { chooseConnection, type ConnectionChoice } from "../flows/connections/choose-connection.ts";
import { listEveryConnection } from "../flows/connections/list-connections.ts";
import { assertSameOrigins } from "../flows/environments/same-origins.ts";
import { readGivenClient, resolveGivenContext } from "../flows/given-token.ts";
import { revokeConnection, type RevokeResult } from "../flows/revoke/revoke.ts";
import { revokeMany } from "../flows/many/revoke-many.ts";
import { revokeNoted } from "../flows/revoke/revoke-noted.ts";
import { readSettings } from "../flows/settings.ts";
import { judgeBulk, reportError } from "./kit/bulk.ts";
import { defineCommand, type Output, type RawInput } from "./kit/command.ts";
import { confirmRevocation, explainUnasked } from "./kit/confirm-revocation.ts";
import { formatRevocation, formatRevocations, type Revoked } from "./kit/revocation-lines.ts";
import { writeSameCommand } from "./kit/same-command.ts";
import { readStdinSecret, stdinSecrets } from "./kit/stdin-secret.ts";
import {
  concurrencyOption,
  connectionArgument,
  connectionOptions,
  readConcurrency,
  readConnectionChoice,
  readSwitch,
  usage,
} from "./kit/options.ts";

export interface RevokeCommandOptions {
  choice: ConnectionChoice;
  all: boolean;
  localOnly: boolean;
  forget: boolean;
  concurrency: number;
  yes: boolean;
  tokenStdin: boolean;
  /** The command that goes on with a run that was cut short. */
  again: string;
}

interface Revocation {
  all: boolean;
  results: Revoked[];
  endedBy: Error | null;
}

export const revokeCommand = defineCommand<RevokeCommandOptions, Revocation>({
  name: "revoke",
  group: "Everyday",
  summary: "Revoke a connection at Intuit and disconnect it here",
  description:
    "Revokes the tokens at Intuit, which may end access for every program that uses the same app with this company, then removes them from the " +
    "store. Name and settings stay, so that qbo login restores the connection; --forget removes them, too. Interrupted, --all reports what was done.",
  arguments: [connectionArgument],
  options: [
    ...connectionOptions,
    { flags: "--all", description: "all connections (of --env, of --app)" },
    concurrencyOption,
    { flags: "--local-only", description: "ask nothing of Intuit: only remove the tokens here" },
    { flags: "--forget", description: "also remove name, settings and what is known of the connection" },
    { flags: "--yes", description: "do not ask; needed where nobody can be asked" },
    { flags: "--token-stdin", description: "a refresh or access token on stdin that no store holds; needs --yes" },
  ],
  examples: [
    ["qbo revoke acme", "asks first, at a terminal"],
    ["qbo revoke acme --yes --forget", "in a script, leaving nothing behind"],
    ["qbo revoke --all --env sandbox", "many; asks for their number"],
  ],
  read: readRevokeOptions,
  run: revoke,
  human: ({ all, results }, style) =>
    all ? formatRevocations(results, style) : results.map((result) => formatRevocation(result, style)).join("\n"),
  json: ({ results }) => ({ results: results.map((result) => ({ ...result, error: reportError(result.error) })) }),
  isOnlyCopy: () => true,
  endedBy: ({ endedBy }) => endedBy,
  exitCode: ({ results }): ExitCode => judgeBulk(results),
});

function readRevokeOptions(raw: RawInput): RevokeCommandOptions {
  const choice = { ...readConnectionChoice(raw), withoutProject: true };
  const [all, tokenStdin] = [readSwitch(raw, "all"), readSwitch(raw, "tokenStdin")];
  if ((all || tokenStdin) && choice.connection !== undefined)
    throw usage("A single connection and --all or --token-stdin exclude each other.");
  const [localOnly, forget] = [readSwitch(raw, "localOnly"), readSwitch(raw, "forget")];
  if (tokenStdin && (all || localOnly || forget))
    throw usage("--token-stdin is about a token that is not kept here: --all, --local-only and --forget do not apply.");
  return {
    choice,
    all,
    tokenStdin,
    localOnly,
    forget,
    concurrency: readConcurrency(raw),
    yes: readSwitch(raw, "yes"),
    again: writeSameCommand("revoke", raw, ["all", "env", "app", "localOnly", "forget", "concurrency", "yes"]),
  };
}

async function revoke(world: World, options: RevokeCommandOptions, output: Output): Promise<Revocation> {
  if (options.tokenStdin) return { all: false, results: [await revokeGiven(world, options)], endedBy: null };
  if (options.all) return revokeAll(world, options, output);
  const facts = await chooseConnection(world, options.choice);
  if (!options.localOnly) assertSameOrigins(world.env, await readSettings(world), facts);
  await confirmRevocation(world, [facts], options);
  world.notices.inform(`Revoking ${facts.name} (${facts.companyName ?? facts.realmId}, ${facts.environment})`);
  const result = await revokeConnection(world, facts, options);
  if (result.error) throw result.error;
  return { all: false, results: [result], endedBy: null };
}

async function revokeAll(world: World, options: RevokeCommandOptions, output: Output): Promise<Revocation> {
  const connections = await listEveryConnection(world, options.choice);
  // One that is disconnected already can only be forgotten.
  const targets = connections.filter(({ disconnectedAt }) => options.forget || disconnectedAt === null);
  await confirmRevocation(world, targets, options);
  if (targets.length > 0) world.notices.inform(`Revoking ${targets.length} connections`);
  const progress = world.notices.count("Revoking", targets.length);
  const onResult = (result: RevokeResult) => {
    progress.advance({ isFailed: result.error !== null });
    output.line((style) => (style.isTerminal ? undefined : formatRevocation(result, style)));
  };
  const run = await revokeMany(world, targets, { ...options, onResult }).finally(() => progress.end());
  return { all: true, ...run };
}

/** stdin brings the token and can bring no answer, also at a terminal. */
async function revokeGiven(world: World, { choice, yes }: RevokeCommandOptions): Promise<Revoked> {
  if (!yes) throw explainUnasked();
  const token = await readStdinSecret(world, stdinSecrets.anyToken);
  const context = await resolveGivenContext(world, choice);
  world.notices.warn(`Other programs that use the app ${context.app.name} with this company may lose access, too.`);
  const client = await readGivenClient(world, context);
  const { name: environment, endpoints } = context.environment;
  return {
    connection: null,
    remote: await revokeNoted(world, { place: { environment, endpoints }, client, token, connection: null }),
    local: "kept",
    error: null,
  };
}
