import type { OptionSpec } from "../commands/kit/command.ts";

/** Options that every command has. */
export interface Globals {
  json: boolean;
  quiet: boolean;
  verbose: boolean;
  debug: boolean;
  color: boolean;
  input: boolean;
}

export const globalOptions: readonly OptionSpec[] = [
  { flags: "--json", description: "answer with one JSON document on stdout" },
  { flags: "-q, --quiet", description: "tell nothing on stderr but warnings and errors" },
  { flags: "--verbose", description: "tell more about errors" },
  { flags: "--debug", description: "show each HTTP request on stderr, without secrets" },
  { flags: "--no-color", description: "no colours" },
  { flags: "--no-input", description: "never ask anything" },
];

/**
 * Reads the global options before anything else is parsed, because they say how even a mistake on the command line is
 * told. Words after `--` belong to somebody else.
 */
export function readGlobals(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Globals {
  const end = argv.indexOf("--");
  const words = new Set(end === -1 ? argv : argv.slice(0, end));
  return {
    json: words.has("--json"),
    quiet: words.has("--quiet") || words.has("-q"),
    verbose: words.has("--verbose"),
    debug: words.has("--debug") || isSet(env["QBO_DEBUG"]),
    color: !words.has("--no-color"),
    input: !words.has("--no-input") && !isSet(env["QBO_NO_INPUT"]),
  };
}

/** Whether a variable that switches something says yes. */
export function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
