import type { ConnectionFacts } from "../core/connection.ts";
import { QboError } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { chooseConnection, type ConnectionChoice } from "../flows/connections/choose-connection.ts";
import { listConnections } from "../flows/connections/list-connections.ts";
import { exportConnections, noteExported } from "../flows/export/export.ts";
import { defineCommand, type RawInput } from "./kit/command.ts";
import {
  chooseNewPassphrase,
  passphraseOptions,
  readPassphraseSource,
  type PassphraseSource,
} from "./kit/passphrase.ts";
import {
  connectionArgument,
  connectionOptions,
  readConnectionChoice,
  readFileOption,
  readSwitch,
  usage,
} from "./kit/options.ts";

export interface ExportCommandOptions {
  choice: ConnectionChoice;
  all: boolean;
  plain: boolean;
  withClientSecret: boolean;
  yes: boolean;
  /** A new file; absent for stdout. */
  output: string | undefined;
  passphrase: PassphraseSource;
}

interface Exported {
  connections: string[];
  sealed: boolean;
  output: string | undefined;
  /** Sealed, or JSON in plain text. */
  text: string;
}

export const exportCommand = defineCommand<ExportCommandOptions, Exported>({
  name: "export",
  isVerbatim: ({ output }) => output === undefined,
  group: "Storing and moving",
  summary: "Write a connection out, sealed, for another machine",
  description:
    "Writes the tokens of a connection, with all that another machine needs to take it over by qbo import, sealed with a passphrase (JWE). A token that was " +
    "handed out cannot be called back but by qbo revoke. From then on only one of the two may refresh: the first refresh there ends the copy here.",
  arguments: [connectionArgument],
  options: [
    ...connectionOptions,
    { flags: "--all", description: "all connections (of --env, of --app)" },
    { flags: "--output <file>", description: "write a new file that only you can read; - for stdout" },
    { flags: "--with-client-secret", description: "also the client secret of the app" },
    { flags: "--plain", description: "do not seal it: JSON that whoever reads it can use" },
    ...passphraseOptions,
    { flags: "--yes", description: "do not ask; needed where nobody can be asked" },
  ],
  examples: [
    ["qbo export acme --output acme.jwe", "asks for a passphrase, twice"],
    ["qbo export --all --yes --passphrase-file pass.txt > all.jwe", "in a script"],
  ],
  read: readExportOptions,
  run: writeOut,
  isSecret: ({ output }) => output === undefined,
  human: ({ output, text, connections, sealed }) =>
    output === undefined
      ? text
      : `${connections.join(", ")} written to ${output}${sealed ? ", sealed" : ", in plain text"}`,
  json: ({ text, sealed, connections, output }) => ({
    connections,
    sealed,
    output: output ?? null,
    export: output !== undefined ? null : sealed ? text : JSON.parse(text),
  }),
});

function readExportOptions(raw: RawInput): ExportCommandOptions {
  const choice = { ...readConnectionChoice(raw), withoutProject: true };
  const [all, plain] = [readSwitch(raw, "all"), readSwitch(raw, "plain")];
  if (all && choice.connection !== undefined) throw usage("--all and a single connection exclude each other.");
  const passphrase = readPassphraseSource(raw);
  if (plain && (passphrase.stdin || passphrase.file !== undefined))
    throw usage("--plain seals nothing, so there is no passphrase.");
  return {
    choice,
    all,
    plain,
    passphrase,
    withClientSecret: readSwitch(raw, "withClientSecret"),
    yes: readSwitch(raw, "yes"),
    output: readFileOption(raw, "output"),
  };
}

async function writeOut(world: World, options: ExportCommandOptions): Promise<Exported> {
  const { choice, all, plain, output } = options;
  const targets = all
    ? (await listConnections(world, choice)).filter(({ disconnectedAt }) => disconnectedAt === null)
    : [await chooseConnection(world, choice)];
  if (targets.length === 0)
    throw new QboError("NOT_CONNECTED", "There is no connection to export.", { hint: "See: qbo status" });
  if (output !== undefined) await (await world.machine()).assertNewFile(output);
  await confirmExport(world, targets, options);
  const passphrase = plain ? undefined : await chooseNewPassphrase(world, options.passphrase);
  const { text, copies } = await exportConnections(world, targets, {
    passphrase,
    withClientSecret: options.withClientSecret,
  });
  if (output !== undefined) await (await world.machine()).writeNewFile(output, `${text}\n`);
  await noteExported(world, copies, plain ? "plain" : "sealed");
  world.notices.warn(describeConsequence(targets, options));
  return { connections: targets.map(({ name }) => name), sealed: !plain, output, text };
}

async function confirmExport(
  world: World,
  targets: readonly ConnectionFacts[],
  { all, plain, yes }: ExportCommandOptions,
): Promise<void> {
  const [first] = targets;
  if (yes || !first) return;
  if (!world.prompter.canAsk) {
    throw new QboError("INPUT_REQUIRED", "An export cannot be undone, and nobody can be asked whether it is meant.", {
      hint: "Add --yes",
    });
  }
  const how = plain ? " in plain text, for whoever sees it to use" : "";
  const cancelled = new QboError("CANCELLED", "Nothing was exported.");
  if (all) {
    const answer = await world.prompter.askText(
      `Export ${targets.length} connections${how}. Type their number to go on`,
    );
    if (answer.trim() !== String(targets.length)) throw cancelled;
    return;
  }
  const who = `${first.name} (${first.companyName ?? first.realmId}, ${first.environment})`;
  if (!(await world.prompter.confirm(`Export ${who}${how}?`))) throw cancelled;
}

function describeConsequence(targets: readonly ConnectionFacts[], { withClientSecret }: ExportCommandOptions): string {
  const [first, ...others] = targets;
  const which = others.length === 0 ? (first?.name ?? "it") : "them";
  const secret = withClientSecret
    ? ""
    : " The client secret is not in it: the other machine needs it, too (qbo app set, or --with-client-secret).";
  const here = others.length === 0 ? `qbo revoke ${which} --local-only` : "qbo revoke --all --local-only";
  return `From now on let only one place refresh ${which}: the first refresh elsewhere ends the copy here.${secret} To let go of it here: ${here}`;
}
