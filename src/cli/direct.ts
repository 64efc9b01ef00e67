import { parseArgs } from "node:util";
import type { Command } from "../commands/kit/command.ts";
import { tokenCommand } from "../commands/token.ts";
import { globalOptions } from "./globals.ts";
import type { Invocation } from "./invocation.ts";
import { readFlagName } from "./flag-name.ts";

/**
 * Parses `qbo token …` without loading commander, which would cost a quarter of the whole run. Whatever is out of the ordinary
 * is left to commander, by answering `undefined`: both understand the same command line in the same way, which a test holds.
 */
export function parseDirectly(argv: readonly string[]): Invocation | undefined {
  if (argv[0] !== tokenCommand.name) return undefined;
  try {
    const { values, positionals } = parseArgs({
      args: argv.slice(1),
      options: describeOptions(tokenCommand),
      allowPositionals: true,
    });
    if (positionals.length > tokenCommand.arguments.length || values["help"] || values["version"]) return undefined;
    const flags = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [readFlagName(`--${name}`).key, value]),
    );
    return { kind: "command", command: tokenCommand, raw: { arguments: positionals, flags } };
  } catch {
    // Not understood here; commander says what is wrong with it, or what it means.
    return undefined;
  }
}

function describeOptions({ options }: Command) {
  const described = [...options, ...globalOptions, { flags: "-h, --help" }, { flags: "-V, --version" }].map(
    ({ flags }) => {
      const { long, short, takesValue } = readFlagName(flags);
      return [
        long,
        { type: takesValue ? ("string" as const) : ("boolean" as const), ...(short === undefined ? {} : { short }) },
      ] as const;
    },
  );
  return Object.fromEntries(described);
}
