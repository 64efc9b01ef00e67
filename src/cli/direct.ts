import type { RawInput } from "../commands/kit/command.ts";
import { tokenCommand } from "../commands/token.ts";
import { globalOptions } from "./globals.ts";
import type { Invocation } from "./invocation.ts";
import { readFlagName, type FlagName } from "./flag-name.ts";

/**
 * Parses `qbo token …` without loading commander, which would cost a quarter of the whole run. Whatever is out of the ordinary
 * is left to commander, by answering `undefined`: both understand the same command line in the same way, which a test holds.
 */
export function parseDirectly(argv: readonly string[]): Invocation | undefined {
  const [name, ...words] = argv;
  const raw = name === tokenCommand.name ? readWords(words) : undefined;
  return raw && { kind: "command", command: tokenCommand, raw };
}

function readWords(words: readonly string[]): RawInput | undefined {
  const known = [...tokenCommand.options, ...globalOptions].map(({ flags }) => readFlagName(flags));
  const positionals: string[] = [];
  const flags: Record<string, string | boolean> = {};
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    const option = known.find((flag) => isFlag(word, flag));
    if (option?.takesValue) {
      index += 1;
      const value = words[index];
      if (value === undefined || value.startsWith("-")) return undefined;
      flags[option.key] = value;
    } else if (option) flags[option.key] = !option.long.startsWith("no-");
    else if (word.startsWith("-") || word === "") return undefined;
    else positionals.push(word);
  }
  return positionals.length > tokenCommand.arguments.length ? undefined : { arguments: positionals, flags };
}

function isFlag(word: string, { long, short }: FlagName): boolean {
  return word === `--${long}` || (short !== undefined && word === `-${short}`);
}
