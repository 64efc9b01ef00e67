import type { ArgumentSpec, Command, OptionSpec } from "../commands/kit/command.ts";
import { commandGroups, commands } from "./commands.ts";
import { readFlagName } from "./flag-name.ts";
import { globalOptions } from "./globals.ts";
import { topicNames } from "./topics/topics.ts";

/** Something that may be typed, and a few words about it. */
export interface Candidate {
  value: string;
  note: string;
}

/** What narrows a choice, as far as it was typed already. */
interface Given {
  environment: string | undefined;
  app: string | undefined;
}

/** What may stand where the cursor is. Every candidate stands behind `prefix`, such as `--env=`. */
export type Place =
  | { kind: "words"; candidates: readonly Candidate[]; prefix: string }
  | { kind: "environments"; prefix: string }
  | { kind: "connections" | "apps"; given: Given; prefix: string }
  | { kind: "shell"; of: ShellPlace };

/** What every shell knows how to complete by itself. */
type ShellPlace = "files" | "folders" | "programs";

const helpOption: OptionSpec = { flags: "-h, --help", description: "this help" };

/** Finds out what may stand at the last of the words behind `qbo`. */
export function findPlace(words: readonly string[]): Place {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? "";
  const dashes = before.indexOf("--");
  if (dashes !== -1) return { kind: "shell", of: isProgramNext(before, dashes) ? "programs" : "files" };
  const start = before.findIndex((word) => !word.startsWith("-"));
  if (start === -1) return current.startsWith("-") ? listOptions(globalOptions, before) : listCommands("");
  const [first = "", second] = before.slice(start);
  if (first === "help") return before.length - start > 1 ? listCommands(second ?? "") : listHelp();
  const command = commands.find(({ name }) => name === first || name === `${first} ${second}`);
  if (command) return findPlaceIn(command, before.slice(start + command.name.split(" ").length), current);
  return second === undefined && Object.hasOwn(commandGroups, first) ? listCommands(first) : listWords([]);
}

/** Whether the first word behind `--` comes now, of a command that runs a program. */
function isProgramNext(before: readonly string[], dashes: number): boolean {
  const first = before.find((word) => !word.startsWith("-"));
  return dashes === before.length - 1 && commands.some(({ name, program }) => program && name === first);
}

/** The commands, or those of a group. */
function listCommands(group: string): Place {
  const start = group === "" ? "" : `${group} `;
  const own = commands.filter(({ name }) => name.startsWith(start) && !name.slice(start.length).includes(" "));
  const found = own.map(({ name, summary }) => ({ value: name.slice(start.length), note: summary }));
  return listWords(group === "" ? [...found, ...listGroups(), { value: "help", note: "Show help" }] : found);
}

function listGroups(): Candidate[] {
  return Object.entries(commandGroups).map(([value, note]) => ({ value, note }));
}

function listHelp(): Place {
  const topics = topicNames.map((value) => ({ value, note: "help topic" }));
  const own = commands.filter(({ name }) => !name.includes(" "));
  return listWords([...topics, ...own.map(({ name, summary }) => ({ value: name, note: summary })), ...listGroups()]);
}

/** The place behind a command's name. */
function findPlaceIn(command: Command, before: readonly string[], current: string): Place {
  const options = [...command.options, ...globalOptions, helpOption];
  const { positionals, given, open } = readBefore(options, before);
  if (open) return listValues(open, "", { given, current });
  const equals = current.indexOf("=");
  if (current.startsWith("--") && equals > 0) {
    const option = findOption(options, current.slice(0, equals));
    return option ? listValues(option, current.slice(0, equals + 1), { given, current }) : listWords([]);
  }
  const last = command.arguments.at(-1);
  const argument = command.arguments[positionals] ?? (last?.name.endsWith("...") ? last : undefined);
  if (current.startsWith("-") || !argument) return listOptions(options, before);
  return listSort(argument.name.replace("...", ""), argument, { given, prefix: "" });
}

interface Before {
  positionals: number;
  given: Given;
  /** An option whose value comes now. */
  open: OptionSpec | undefined;
}

function readBefore(options: readonly OptionSpec[], words: readonly string[]): Before {
  const values: Record<string, string> = {};
  let positionals = 0;
  let open: OptionSpec | undefined;
  for (const word of words) {
    const [flag = "", value] = word.startsWith("--") ? word.split(/=(.*)/s) : [word];
    if (open) {
      values[readFlagName(open.flags).key] = word;
      open = undefined;
    } else if (flag.startsWith("-")) {
      const option = findOption(options, flag);
      if (!option || !readFlagName(option.flags).takesValue) continue;
      if (value === undefined) open = option;
      else values[readFlagName(option.flags).key] = value;
    } else positionals += 1;
  }
  return { positionals, given: { environment: values["env"], app: values["app"] }, open };
}

function findOption(options: readonly OptionSpec[], flag: string): OptionSpec | undefined {
  return options.find(({ flags }) => {
    const { long, short } = readFlagName(flags);
    return flag === `--${long}` || (short !== undefined && flag === `-${short}`);
  });
}

/** The options that may still come. */
function listOptions(options: readonly OptionSpec[], before: readonly string[]): Place {
  const free = options.filter(({ flags, isRepeatable }) => {
    const { long, short } = readFlagName(flags);
    return isRepeatable || !before.some((word) => word.split("=")[0] === `--${long}` || word === `-${short}`);
  });
  return listWords(
    free.map(({ flags, description }) => ({ value: `--${readFlagName(flags).long}`, note: description })),
  );
}

interface Typing {
  given: Given;
  current: string;
}

/** The values of an option. Of a list, the elements behind those that stand there already. */
function listValues(option: OptionSpec, prefix: string, { given, current }: Typing): Place {
  const placeholder = /<(.*)>/.exec(option.flags)?.[1] ?? "";
  const typed = current.slice(prefix.length);
  const isList = placeholder === "list" || placeholder === "states";
  const elements = isList ? typed.slice(0, typed.lastIndexOf(",") + 1) : "";
  return listSort(placeholder, option, { given, prefix: `${prefix}${elements}` });
}

/** What a placeholder stands for. Those that are missing here take what only the person knows. */
function listSort(
  placeholder: string,
  { words }: Pick<OptionSpec | ArgumentSpec, "words">,
  { given, prefix }: { given: Given; prefix: string },
): Place {
  const before = prefix.split(/[=,]/);
  const free = words?.filter((word) => !before.includes(word));
  if (free) return { ...listWords(free.map((value) => ({ value, note: "" }))), prefix };
  switch (placeholder) {
    case "environment":
      return { kind: "environments", prefix };
    case "app":
      return { kind: "apps", given, prefix };
    case "connection":
    case "name|realmId":
      return { kind: "connections", given, prefix };
    case "file":
      return { kind: "shell", of: "files" };
    case "folder":
      return { kind: "shell", of: "folders" };
    default:
      return { ...listWords([]), prefix };
  }
}

function listWords(candidates: readonly Candidate[]): Place & { kind: "words" } {
  return { kind: "words", candidates, prefix: "" };
}
