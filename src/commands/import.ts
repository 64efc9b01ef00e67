import { QboError, type ExitCode } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { isSealedText, openSealedText } from "../flows/export/passphrase-seal.ts";
import type { ImportOptions } from "../flows/import/bring-in.ts";
import type { ImportResult } from "../flows/import/bring-entry.ts";
import { importConnections, type ImportRequest, type ImportRun } from "../flows/import/import.ts";
import { describeFailure, judgeBulk, reportError } from "./kit/bulk.ts";
import { writeSameCommand } from "./kit/same-command.ts";
import { defineCommand, type RawInput, type Style } from "./kit/command.ts";
import {
  askSealedPassphrase,
  passphraseOptions,
  readPassphraseSource,
  type PassphraseSource,
} from "./kit/passphrase.ts";
import {
  appOption,
  environmentOption,
  readOption,
  readStoreOption,
  readSwitch,
  storeOption,
  usage,
} from "./kit/options.ts";

export interface ImportCommandOptions extends ImportOptions, Pick<ImportRequest, "realmId" | "again"> {
  /** A file; absent for stdin. */
  file: string | undefined;
  passphrase: PassphraseSource;
}

export const importCommand = defineCommand<ImportCommandOptions, ImportRun>({
  name: "import",
  group: "Storing and moving",
  summary: "Bring a connection in from elsewhere",
  description:
    "Reads what qbo export wrote, JSON (an object, an array, one object per line), the text of a .env file, or what Intuit's OAuth Playground shows, and " +
    "stores the connections in it. Needed are the realm ID and the refresh token; everything else is taken where it is given. Each token is proved by one " +
    "refresh: it works then, and the copy it came from must not be used any more. A stored token that is newer is never replaced, and one that " +
    "works is not replaced by one that Intuit rejects. Three rejections in a row look like an outage: it stops then, and marks nothing. A store whose server " +
    "is away is waited for, for a minute.",
  options: [
    { flags: "--stdin", description: "read from stdin" },
    { flags: "--file <file>", description: "read from a file" },
    { flags: "--if-absent", description: "keep what is stored already, and succeed" },
    { flags: "--no-refresh", description: "store what is given, and ask nothing of Intuit" },
    { flags: "--name <name>", description: "name of the connection, when there is one only" },
    { flags: "--realm <id>", description: "the company's realm ID, when what is given does not say it" },
    environmentOption,
    appOption,
    storeOption,
    ...passphraseOptions,
  ],
  examples: [
    ["qbo import --stdin --if-absent < secret.json", "the first step of a CI job"],
    ["qbo import --file acme.jwe", "what qbo export made on another machine"],
    ["qbo import --file .env --env production", "tokens that another program has"],
    ["qbo import --file connections.ndjson --no-refresh", "many at once, without asking Intuit"],
  ],
  read: readImportOptions,
  run: bringAllIn,
  human: ({ results }, style) => formatResults(results, style),
  json: ({ results }) => ({ results: results.map(describeResult) }),
  isOnlyCopy: () => true,
  endedBy: ({ endedBy }) => endedBy,
  exitCode: ({ results }): ExitCode => judgeBulk(results),
});

/** The options that count when the same is imported again. */
const telling = "stdin file ifAbsent name realm env app store passphraseStdin passphraseFile".split(" ");

function readImportOptions(raw: RawInput): ImportCommandOptions {
  const file = readOption(raw, "file");
  if ((file === undefined) !== readSwitch(raw, "stdin"))
    throw usage("Say where to read from, once.", "Give --stdin or --file <file>");
  const passphrase = readPassphraseSource(raw);
  if (passphrase.stdin && file === undefined)
    throw usage("stdin cannot bring both the connections and the passphrase.", "Use --file or --passphrase-file.");
  return {
    file,
    passphrase,
    ifAbsent: readSwitch(raw, "ifAbsent"),
    refresh: raw.flags["refresh"] !== false,
    name: readOption(raw, "name"),
    realmId: readOption(raw, "realm"),
    environment: readOption(raw, "env"),
    app: readOption(raw, "app"),
    store: readStoreOption(raw, "store"),
    again: `${writeSameCommand("import", raw, telling)}${raw.flags["refresh"] === false ? " --no-refresh" : ""}`,
  };
}

async function bringAllIn(world: World, { file, passphrase, ...options }: ImportCommandOptions): Promise<ImportRun> {
  const given = file === undefined ? await world.readStdin() : await world.readFile(file);
  const text = isSealedText(given)
    ? (await openSealedText(given, await askSealedPassphrase(world, passphrase))).reveal()
    : given;
  const run = await importConnections(world, { ...options, text });
  if (run.endedBy && run.results.length === 0) throw run.endedBy;
  const [only, ...others] = run.results;
  if (only?.error && others.length === 0 && run.endedBy === null) throw only.error;
  return run;
}

function describeResult({ connection, outcome, proven, error }: ImportResult) {
  return { connection, outcome, proven, error: reportError(error) };
}

function formatResults(results: readonly ImportResult[], style: Style): string {
  const lines = results.map((result) => formatResult(result, style));
  const proven = results.filter((result) => result.proven);
  if (proven.length === 0) return lines.join("\n");
  const subject = proven.length === 1 ? "The copy it came from" : "The copies they came from";
  const advice = proven.some(({ isReplaced }) => isReplaced)
    ? "Intuit has replaced the token, and rejects the old one at once or within a day: use it nowhere any more."
    : "Intuit left the token as it is for now and will replace it at a later refresh: use it nowhere else from now on.";
  return [...lines, "", style.dim(`${subject}: ${advice}`)].join("\n");
}

function formatResult({ connection, outcome, proven, error }: ImportResult, style: Style): string {
  const name = connection ?? "an entry";
  if (error instanceof QboError) return `${style.red("✗")} ${name}: ${describeFailure(error)}`;
  if (outcome === "kept") return `${style.dim("·")} ${name}: kept as it is`;
  return `${style.green("✓")} ${name}: imported${proven ? ", and a refresh has proved it" : "; not proved"}`;
}
