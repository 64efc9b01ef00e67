import { Argument, Command as CommanderCommand, CommanderError, Option } from "commander";
import { QboError } from "../core/errors.ts";
import type { Command, RawInput } from "../commands/kit/command.ts";
import { commandGroups, commands } from "./commands.ts";
import { formatCommandHelp, formatProgramHelp } from "./help.ts";
import { globalOptions } from "./globals.ts";
import type { Invocation } from "./invocation.ts";
import { splitProgram } from "./split-program.ts";
import { findTopic, topicNames } from "./topics/topics.ts";
import { unknownCommand, unknownTopic } from "./unknown-word.ts";

/**
 * Understands the command line with commander.
 * @throws USAGE with a suggestion where one is near.
 */
export function parseWithCommander(argv: readonly string[], version: string): Invocation {
  const help = findRequestedHelp(argv);
  if (help) return { kind: "text", format: help };
  const { own, ...rest } = splitProgram(argv, commands);
  const parsed: { invocation?: Invocation } = {};
  const keep = (invocation: Invocation) => {
    parsed.invocation =
      invocation.kind === "command" ? { ...invocation, raw: { ...invocation.raw, ...rest } } : invocation;
  };
  const program = buildProgram(version, keep);
  try {
    program.parse(own, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.version") return { kind: "text", format: () => version };
    if (!parsed.invocation) throw explain(error, argv);
  }
  return parsed.invocation ?? { kind: "text", format: (columns) => formatProgramHelp(columns) };
}

type Help = (columns: number) => string;

/** The help that `--help` asks for, wherever it stands: what the rest of the command line would do is not meant. */
function findRequestedHelp(argv: readonly string[]): Help | undefined {
  const end = argv.indexOf("--");
  const own = end < 0 ? argv : argv.slice(0, end);
  if (!own.includes("--help") && !own.includes("-h")) return undefined;
  const [first = "", second = ""] = own.filter((word) => !word.startsWith("-"));
  const command = commands.find(({ name }) => name === first || name === `${first} ${second}`);
  if (command) return (columns) => formatCommandHelp(command, columns);
  return Object.hasOwn(commandGroups, first) ? (columns) => formatProgramHelp(columns, first) : undefined;
}

type Keep = (invocation: Invocation) => void;

function buildProgram(version: string, keep: Keep): CommanderCommand {
  const program = prepare(new CommanderCommand("qbo"));
  program.version(version, "-V, --version");
  const showHelp = () => keep({ kind: "text", format: (columns) => formatProgramHelp(columns) });
  program.option("-h, --help").on("option:help", showHelp);
  program.argument("[command]").action((name: string | undefined) => {
    if (name !== undefined) throw unknownCommand(name);
    showHelp();
  });
  for (const command of commands) addCommand(program, command, keep);
  program.addCommand(buildHelp(keep));
  return program;
}

function addCommand(program: CommanderCommand, command: Command, keep: Keep): void {
  const words = command.name.split(" ");
  const parent = words.length === 1 ? program : findOrAddGroup(program, words[0] ?? "", keep);
  const built = prepare(new CommanderCommand(words.at(-1)));
  for (const { name, description, isRequired } of command.arguments) {
    built.addArgument(new Argument(isRequired ? `<${name}>` : `[${name}]`, description));
  }
  for (const { flags, description, isRepeatable } of [...command.options, ...globalOptions]) {
    const option = new Option(flags, description);
    if (isRepeatable) option.argParser((value: string, earlier: string[] | undefined) => [...(earlier ?? []), value]);
    built.addOption(option);
  }
  built.action(() => keep({ kind: "command", command, raw: readRaw(built) }));
  parent.addCommand(built);
}

function findOrAddGroup(program: CommanderCommand, name: string, keep: Keep): CommanderCommand {
  const existing = program.commands.find((command) => command.name() === name);
  if (existing) return existing;
  const group = prepare(new CommanderCommand(name)).description(commandGroups[name] ?? "");
  const showHelp = () => keep({ kind: "text", format: (columns) => formatProgramHelp(columns, name) });
  group.argument("[command]").action((word: string | undefined) => {
    if (word !== undefined) throw unknownCommand(`${name} ${word}`);
    showHelp();
  });
  program.addCommand(group);
  return group;
}

function buildHelp(keep: Keep): CommanderCommand {
  const help = prepare(new CommanderCommand("help")).argument("[topic...]");
  for (const { flags, description } of globalOptions) help.addOption(new Option(flags, description));
  return help.action((words: string[]) => keep({ kind: "text", format: findHelp(words.join(" ")) }));
}

function findHelp(about: string): Help {
  if (about === "") return (columns) => formatProgramHelp(columns);
  const command = commands.find(({ name }) => name === about);
  if (command) return (columns) => formatCommandHelp(command, columns);
  // "config" is both, and qbo config alone lists the group.
  if (topicNames.includes(about)) return (columns) => findTopic(about, columns) ?? "";
  if (Object.hasOwn(commandGroups, about)) return (columns) => formatProgramHelp(columns, about);
  throw unknownTopic(about);
}

/** commander neither prints nor exits here: what it finds comes back as an error. */
function prepare(command: CommanderCommand): CommanderCommand {
  return command
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    .helpOption(false)
    .helpCommand(false)
    .showSuggestionAfterError(true);
}

function readRaw(command: CommanderCommand): RawInput {
  return {
    arguments: command.processedArgs.flatMap(readArgument),
    flags: command.opts(),
  };
}

/** The last argument of a command may take several words. */
function readArgument(value: unknown): (string | undefined)[] {
  if (Array.isArray(value)) return value.map(String);
  return [typeof value === "string" ? value : undefined];
}

function explain(error: CommanderError, argv: readonly string[]): QboError {
  const [message = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const suggestion = /\(Did you mean (.*?)\?\)/.exec(rest.join(" "))?.[1];
  const unknown = findUnknownCommand(argv);
  if (unknown !== undefined) return unknownCommand(unknown);
  const [word = "", second = ""] = argv;
  const typed = [`${word} ${second}`, word].find((known) => commands.some((command) => command.name === known)) ?? word;
  const help = isFirstWord(word) ? `qbo ${typed} --help` : "qbo --help";
  const isForgotten = !argv.includes("--") && commands.some(({ name, program }) => name === word && program);
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1).replace(/\.$/, "")}.`;
  return new QboError("USAGE", sentence, {
    hint: isForgotten
      ? `Put the program and its arguments after two dashes: qbo ${word} -- <program…>`
      : suggestion
        ? `Did you mean ${suggestion}? See ${help}`
        : `See ${help}`,
  });
}

/** A command that does not exist is the fault to tell, whatever commander says about the options behind it. */
function findUnknownCommand([word = "", second = ""]: readonly string[]): string | undefined {
  if (word === "" || word.startsWith("-") || word === "help") return undefined;
  if (!isFirstWord(word)) return word;
  const isGroup = Object.hasOwn(commandGroups, word) && second !== "" && !second.startsWith("-");
  return isGroup && !commands.some(({ name }) => name === `${word} ${second}`) ? `${word} ${second}` : undefined;
}

function isFirstWord(word: string): boolean {
  return commands.some(({ name }) => name.split(" ")[0] === word);
}
