import type { ArgumentSpec, Command, OptionSpec } from "../commands/kit/command.ts";
import { commandGroups, commands } from "./commands.ts";
import { wrapLines } from "../core/wrap-lines.ts";
import { globalOptions } from "./globals.ts";
import { formatExamples, formatRows, type Row } from "./layout.ts";
import { topicNames } from "./topics/topics.ts";

const firstSteps: readonly Row[] = [
  ["qbo demo", "see the whole job done, without an account"],
  ["qbo login --env sandbox", "sign a company in"],
  ["TOKEN=$(qbo token)", "use it in a script"],
];

/** The help of the program: what to type, in groups; of one word's commands when `group` is given. */
export function formatProgramHelp(columns: number, group?: string): string {
  if (group !== undefined) return formatGroupHelp(columns, group);
  const groups = ["Everyday", "Trouble", "Many connections", "Setting up", "Storing and moving", "More"] as const;
  const sections = groups.map((title) => ({ title, members: commands.filter((command) => command.group === title) }));
  return [
    wrapLines("qbo signs QuickBooks Online companies in and hands valid tokens to your programs.", columns),
    "",
    "Usage: qbo <command> [options]",
    ...sections
      .filter(({ members }) => members.length > 0)
      .flatMap(({ title, members }) => ["", `${title}:`].concat(formatRows(members.map(toRow), columns))),
    "",
    "First steps:",
    ...formatExamples(firstSteps, columns),
    "",
    wrapLines("Help about a command: qbo <command> --help", columns),
    wrapLines(`Help about a topic:   qbo help <topic>, of ${topicNames.join(", ")}`, columns),
  ].join("\n");
}

function formatGroupHelp(columns: number, group: string): string {
  const members = commands.filter(({ name }) => name.startsWith(`${group} `));
  return [
    wrapLines(`${commandGroups[group] ?? ""}.`, columns),
    "",
    formatUsageLines(`qbo ${group} <command> [options]`, columns),
    "",
    ...formatRows(members.map(toRow), columns),
  ].join("\n");
}

/** The help of one command. */
export function formatCommandHelp(command: Command, columns: number): string {
  const description = command.description === "" ? [] : ["", wrapLines(command.description, columns)];
  const section = (title: string, rows: readonly Row[], format = formatRows) =>
    rows.length === 0 ? [] : ["", `${title}:`, ...format(rows, columns)];
  return [
    wrapLines(`${command.summary}.`, columns),
    "",
    formatUsageLines(formatUsage(command), columns),
    ...description,
    ...section("Arguments", listArguments(command).map(toArgumentRow)),
    ...section("Options", command.options.map(toOptionRow)),
    ...section("Every command", [
      ...globalOptions.map(toOptionRow),
      ["-h, --help", "this help"],
      ["-V, --version", "the version of qbo"],
    ]),
    ...section("Examples", command.examples, formatExamples),
  ].join("\n");
}

/** Not to be copied, so it may be broken. */
function formatUsageLines(usage: string, columns: number): string {
  const label = "Usage: ";
  return `${label}${wrapLines(usage, columns - label.length).replaceAll("\n", `\n${" ".repeat(label.length)}`)}`;
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

function toRow({ name, summary }: Command): Row {
  return [name, summary];
}

function toArgumentRow({ name, description }: ArgumentSpec): Row {
  return [name, description];
}

function toOptionRow({ flags, description }: OptionSpec): Row {
  return [flags.startsWith("-") && !flags.startsWith("--") ? flags : `    ${flags}`, description];
}
