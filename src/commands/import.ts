import { QboError, type ExitCode } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import type { ImportOptions } from "../flows/import/bring-in.ts";
import { importConnections, type ImportResult } from "../flows/import/import.ts";
import { judgeBulk, reportError } from "./kit/bulk.ts";
import { defineCommand, type RawInput, type Style } from "./kit/command.ts";
import { appOption, environmentOption, readOption, readSwitch, usage } from "./options.ts";

export interface ImportCommandOptions extends ImportOptions {
  /** A file; absent for stdin. */
  file: string | undefined;
}

export const importCommand = defineCommand<ImportCommandOptions, ImportResult[]>({
  name: "import",
  group: "Setting up",
  summary: "Bring a connection in from elsewhere",
  description:
    "Reads connections as a JSON object, an array, or one object per line, and stores them. Needed are realmId and refreshToken; environment, clientId, " +
    "clientSecret, accessToken, expiries, name and scopes are taken where they are given. Intuit's own key names (refresh_token, expires_in, …) are " +
    "understood, too. A stored token that is newer is never replaced.",
  options: [
    { flags: "--stdin", description: "read from stdin" },
    { flags: "--file <file>", description: "read from a file" },
    { flags: "--if-absent", description: "keep what is stored already, and succeed" },
    { flags: "--name <name>", description: "name of the connection, when there is one only" },
    environmentOption,
    appOption,
  ],
  examples: [
    ["qbo import --stdin --if-absent < secret.json", "the first step of a CI job"],
    ["qbo import --file connections.ndjson", "many at once"],
  ],
  read: readImportOptions,
  run: bringAllIn,
  human: (results, style) => results.map((result) => formatResult(result, style)).join("\n"),
  json: (results) => ({ results: results.map((result) => ({ ...result, error: reportError(result.error) })) }),
  exitCode: (results): ExitCode => judgeBulk(results),
});

function readImportOptions(raw: RawInput): ImportCommandOptions {
  const file = readOption(raw, "file");
  if ((file === undefined) !== readSwitch(raw, "stdin"))
    throw usage("Say where to read from, once.", "Give --stdin or --file <file>");
  return {
    file,
    ifAbsent: readSwitch(raw, "ifAbsent"),
    name: readOption(raw, "name"),
    environment: readOption(raw, "env"),
    app: readOption(raw, "app"),
  };
}

async function bringAllIn(world: World, { file, ...options }: ImportCommandOptions): Promise<ImportResult[]> {
  const text = file === undefined ? await world.readStdin() : await world.readFile(file);
  const results = await importConnections(world, { ...options, text });
  const [only, ...others] = results;
  if (only?.error && others.length === 0) throw only.error;
  return results;
}

function formatResult({ connection, outcome, error }: ImportResult, style: Style): string {
  const name = connection ?? "an entry";
  if (error instanceof QboError) return `${style.red("✗")} ${name}: ${error.message}`;
  return outcome === "imported" ? `${style.green("✓")} ${name}: imported` : `${style.dim("·")} ${name}: kept as it is`;
}
