import type { ConnectionFacts } from "../core/connection.ts";
import { QboError, type ExitCode } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { chooseConnection, listConnections, type ConnectionChoice } from "../flows/choose-connection.ts";
import { assertSameOrigins } from "../flows/environments.ts";
import { readGivenClient, resolveGivenContext } from "../flows/given-token.ts";
import { revokeConnection, type RemoteOutcome, type RevokeResult } from "../flows/revoke.ts";
import { revokeToken } from "../flows/revoke-token.ts";
import { readSettings } from "../flows/settings.ts";
import { judgeBulk, reportError } from "./kit/bulk.ts";
import { defineCommand, type RawInput, type Style } from "./kit/command.ts";
import { readStdinSecret, stdinSecrets } from "./kit/stdin-secret.ts";
import { connectionArgument, connectionOptions, readConnectionChoice, readSwitch, usage } from "./options.ts";

export interface RevokeCommandOptions {
  choice: ConnectionChoice;
  all: boolean;
  localOnly: boolean;
  forget: boolean;
  yes: boolean;
  tokenStdin: boolean;
}

type Revoked = Omit<RevokeResult, "connection"> & { connection: string | null };

export const revokeCommand = defineCommand<RevokeCommandOptions, Revoked[]>({
  name: "revoke",
  group: "Everyday",
  summary: "Revoke a connection at Intuit and disconnect it here",
  description:
    "Revokes the tokens at Intuit, which may end access for every program that uses the same app with this company, then removes them from the " +
    "store. Name and settings stay, so that qbo login restores the connection; --forget removes them, too.",
  arguments: [connectionArgument],
  options: [
    ...connectionOptions,
    { flags: "--all", description: "all connections (of --env, of --app)" },
    { flags: "--local-only", description: "ask nothing of Intuit: only remove the tokens here" },
    { flags: "--forget", description: "also remove name, settings and what is known of the connection" },
    { flags: "--yes", description: "do not ask; needed where nobody can be asked" },
    { flags: "--token-stdin", description: "a refresh or access token on stdin that no store holds; needs --yes" },
  ],
  examples: [
    ["qbo revoke acme", "asks first, at a terminal"],
    ["qbo revoke acme --yes --forget", "in a script, leaving nothing behind"],
  ],
  read: readRevokeOptions,
  run: revoke,
  human: (results, style) => results.map((result) => formatResult(result, style)).join("\n"),
  json: (results) => ({ results: results.map((result) => ({ ...result, error: reportError(result.error) })) }),
  exitCode: (results): ExitCode => judgeBulk(results),
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
    yes: readSwitch(raw, "yes"),
  };
}

async function revoke(world: World, options: RevokeCommandOptions): Promise<Revoked[]> {
  if (options.tokenStdin) return [await revokeGiven(world, options)];
  const connections = options.all
    ? await listConnections(world, options.choice)
    : [await chooseConnection(world, options.choice)];
  const targets =
    options.all && !options.forget ? connections.filter(({ disconnectedAt }) => disconnectedAt === null) : connections;
  const settings = await readSettings(world);
  for (const facts of targets) if (!options.localOnly) assertSameOrigins(world.env, settings, facts);
  await confirmRevocation(world, targets, options);
  const results: RevokeResult[] = [];
  for (const facts of targets) {
    if (world.interruption.aborted)
      throw new QboError("CANCELLED", `Interrupted after ${results.length} of ${targets.length} connections.`);
    world.notices.inform(`Revoking ${facts.name} (${facts.companyName ?? facts.realmId}, ${facts.environment})`);
    results.push(await revokeConnection(world, facts, options));
  }
  const [only] = results;
  if (!options.all && only?.error) throw only.error;
  return results;
}

async function confirmRevocation(
  world: World,
  targets: readonly ConnectionFacts[],
  { all, yes, forget, localOnly }: RevokeCommandOptions,
): Promise<void> {
  const [first] = targets;
  if (!first) return;
  if (!yes && !world.prompter.canAsk) throw explainUnasked();
  if (!localOnly) {
    const whose = all
      ? "the apps of these connections with the same companies"
      : `the app ${first.app} with this company`;
    world.notices.warn(`Other programs that use ${whose} may lose access, too.`);
  }
  if (yes) return;
  const what = forget ? "Revoke and forget" : "Revoke";
  const cancelled = new QboError("CANCELLED", "Nothing was revoked.");
  if (all) {
    const answer = await world.prompter.askText(`${what} ${targets.length} connections. Type their number to go on`);
    if (answer.trim() !== String(targets.length)) throw cancelled;
    return;
  }
  const who = `${first.name} (${first.companyName ?? first.realmId}, ${first.environment})`;
  if (!(await world.prompter.confirm(`${what} ${who}?`))) throw cancelled;
}

function explainUnasked(): QboError {
  return new QboError("INPUT_REQUIRED", "Revoking cannot be undone, and nobody can be asked whether it is meant.", {
    hint: "Add --yes",
  });
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
    remote: await revokeToken(world, { environment, endpoints }, client, token),
    local: "kept",
    error: null,
  };
}

function formatResult({ connection, remote, local, error }: Revoked, style: Style): string {
  const name = connection === null ? "The given token" : style.bold(connection);
  if (error) return `${style.red("✗")} ${name}: ${error.message}`;
  const remotely: Record<RemoteOutcome, string> = {
    revoked: "revoked at Intuit",
    "already-dead": "was not alive at Intuit any more",
    failed: "could not be revoked at Intuit",
    skipped: "not revoked at Intuit",
  };
  const locally = { disconnected: "disconnected here", removed: "removed here", kept: "nothing changed here" }[local];
  const wayBack = local === "disconnected" ? style.dim(`  (to restore: qbo login ${connection ?? ""})`) : "";
  return `${style.green("✓")} ${name}: ${remotely[remote]}, ${locally}${wayBack}`;
}
