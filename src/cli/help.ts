import type { ArgumentSpec, Command, OptionSpec } from "../commands/kit/command.ts";
import { commandGroups, commands } from "./commands.ts";
import { wrapLines } from "../core/wrap-lines.ts";
import { globalOptions } from "./globals.ts";
import { topicNames } from "./topics.ts";

const width = 80;

/** The help of the program: what to type, in groups; of one word's commands when `group` is given. */
export function formatProgramHelp(group?: string): string {
  if (group !== undefined) return formatGroupHelp(group);
  const groups = ["Everyday", "Trouble", "Setting up", "More"] as const;
  const sections = groups.map((title) => ({ title, members: commands.filter((command) => command.group === title) }));
  return [
    "qbo signs QuickBooks Online companies in and hands valid tokens to your programs.",
    "",
    "Usage: qbo <command> [options]",
    ...sections
      .filter(({ members }) => members.length > 0)
      .flatMap(({ title, members }) => ["", `${title}:`].concat(formatRows(members.map(toRow)))),
    "",
    "First steps:",
    ...formatRows([
      ["qbo demo", "see the whole job done, without an account"],
      ["qbo login --env sandbox", "sign a company in"],
      ["TOKEN=$(qbo token)", "use it in a script"],
    ]),
    "",
    "Help about a command: qbo <command> --help",
    `Help about a topic:   qbo help ${topicNames.join(" | ")}`,
  ].join("\n");
}

function formatGroupHelp(group: string): string {
  const members = commands.filter(({ name }) => name.startsWith(`${group} `));
  return [
    `${commandGroups[group] ?? ""}.`,
    "",
    `Usage: qbo ${group} <command> [options]`,
    "",
    ...formatRows(members.map(toRow)),
  ].join("\n");
}

/** The help of one command. */
export function formatCommandHelp(command: Command): string {
  const description = command.description === "" ? [] : ["", wrapLines(command.description, width)];
  return [
    `${command.summary}.`,
    "",
    `Usage: ${formatUsage(command)}`,
    ...description,
    ...formatSection("Arguments", listArguments(command).map(toArgumentRow)),
    ...formatSection("Options", command.options.map(toOptionRow)),
    ...formatSection("Every command", [
      ...globalOptions.map(toOptionRow),
      ["-h, --help", "this help"],
      ["-V, --version", "the version of qbo"],
    ]),
    ...formatSection(
      "Examples",
      command.examples.map(([line, what]) => [line, what]),
    ),
  ].join("\n");
}

/** The command line in one line. */
export function formatUsage(command: Command): string {
  const words = command.arguments.map(({ name, isRequired }) => (isRequired ? `<${name}>` : `[${name}]`));
  const program = command.program ? ["--", `<${command.program.name}>`] : [];
  return ["qbo", command.name, ...words, "[options]", ...program].join(" ");
}

/** What is typed besides options. */
export function listArguments(command: Pick<Command, "arguments" | "program">): ArgumentSpec[] {
  return [...command.arguments, ...(command.program ? [command.program] : [])];
}

type Row = readonly [left: string, right: string];

function toRow({ name, summary }: Command): Row {
  return [name, summary];
}

function toArgumentRow({ name, description }: ArgumentSpec): Row {
  return [name, description];
}

function toOptionRow({ flags, description }: OptionSpec): Row {
  return [flags.startsWith("-") && !flags.startsWith("--") ? flags : `    ${flags}`, description];
}

function formatSection(title: string, rows: readonly Row[]): string[] {
  return rows.length === 0 ? [] : ["", `${title}:`, ...formatRows(rows)];
}

const widestLeft = 36;

/** Two columns; a left side that is too long has a line of its own. */
function formatRows(rows: readonly Row[]): string[] {
  const left = Math.min(widestLeft, Math.max(...rows.map(([text]) => text.length)));
  const margin = " ".repeat(left + 4);
  return rows.flatMap(([head, text]) => {
    const [first = "", ...more] = wrapLines(text, width - left - 4).split("\n");
    const rest = more.map((line) => `${margin}${line}`);
    return head.length > left
      ? [`  ${head}`, `${margin}${first}`, ...rest]
      : [`  ${head.padEnd(left)}  ${first}`.trimEnd(), ...rest];
  });
}
