import type { Command, RawInput } from "../commands/kit/command.ts";
import { globalOptions } from "./globals.ts";
import type { Invocation } from "./invocation.ts";
import { readFlagName, type FlagName } from "./flag-name.ts";
import { splitProgram } from "./split-program.ts";

/**
 * Parses an ordinary command line without loading commander, which would cost a quarter of a short run. Whatever is out of the
 * ordinary is left to commander, by answering `undefined`: both understand the same command line in the same way, which a test holds.
 */
export function parseDirectly(argv: readonly string[], commands: readonly Command[]): Invocation | undefined {
  const { own, ...rest } = splitProgram(argv, commands);
  const command = commands.find(({ name }) => name === own[0] || name === `${own[0]} ${own[1]}`);
  const raw = command && readWords(command, own.slice(command.name.split(" ").length));
  return raw && { kind: "command", command, raw: { ...raw, ...rest } };
}

function readWords(command: Command, words: readonly string[]): RawInput | undefined {
  const known = [...command.options, ...globalOptions].map(({ flags, isRepeatable }) => ({
    ...readFlagName(flags),
    isRepeatable,
  }));
  const positionals: string[] = [];
  const flags: Record<string, string | boolean> = {};
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    const option = known.find((flag) => isFlag(word, flag));
    if (option?.isRepeatable) return undefined;
    if (option?.takesValue) {
      index += 1;
      const value = words[index];
      if (value === undefined || value.startsWith("-")) return undefined;
      flags[option.key] = value;
    } else if (option) flags[option.key] = !option.long.startsWith("no-");
    else if (word.startsWith("-") || word === "") return undefined;
    else positionals.push(word);
  }
  const least = command.arguments.filter(({ isRequired }) => isRequired).length;
  const isCountRight = least <= positionals.length && positionals.length <= command.arguments.length;
  return isCountRight ? { arguments: positionals, flags } : undefined;
}

function isFlag(word: string, { long, short }: FlagName): boolean {
  return word === `--${long}` || (short !== undefined && word === `-${short}`);
}
