import { commands } from "../src/cli/commands.ts";
import { globalOptions } from "../src/cli/globals.ts";
import { formatUsage, listArguments } from "../src/cli/help.ts";
import { environmentVariables } from "../src/cli/topics/environment.ts";
import { exitMeanings } from "../src/cli/topics/exit-codes.ts";
import type { Command, OptionSpec } from "../src/commands/kit/command.ts";

/*
 * Manual pages in the man(7) macros. They are made of the same records as the help and docs/cli.
 */

/** The pages: file name → text. */
export function renderManual(version: string): Record<string, string> {
  const pages = commands.map((command) => [`${toPageName(command)}.1`, renderCommand(command, version)] as const);
  return { "qbo.1": renderProgram(version), ...Object.fromEntries(pages) };
}

function toPageName({ name }: Pick<Command, "name">): string {
  return `qbo-${name.replaceAll(" ", "-")}`;
}

function renderProgram(version: string): string {
  const own = commands.map((command) => item(reference(toPageName(command)), command.summary));
  return joinLines(
    heading("qbo", version),
    section("NAME", "qbo \\- connections to QuickBooks Online: sign in, tokens, status, trouble"),
    section("SYNOPSIS", `${bold("qbo")} ${escape("<command> [options]")}`),
    section(
      "DESCRIPTION",
      escape(
        "Signs QuickBooks Online companies in, hands valid access tokens to programs, keeps connections alive, and says why one broke. " +
          "The answer goes to standard output, everything else to standard error.",
      ),
    ),
    section("COMMANDS", ...own),
    section("OPTIONS", "Every command has these:", ...globalOptions.map(renderOption)),
    section("ENVIRONMENT", ...environmentVariables.map(([name, text]) => item(bold(name), text))),
    section("EXIT STATUS", ...Object.entries(exitMeanings).map(([code, meaning]) => item(bold(code), meaning))),
  );
}

function renderCommand(command: Command, version: string): string {
  const places = listArguments(command).map(({ name, description }) => item(italic(name), description));
  const examples = command.examples.flatMap(([line, what]) => [
    ".PP",
    `${escape(`${what.charAt(0).toUpperCase()}${what.slice(1)}`)}:`,
    ".PP",
    ".RS 4",
    ".nf",
    escape(line),
    ".fi",
    ".RE",
  ]);
  return joinLines(
    heading(toPageName(command), version),
    section("NAME", `${escape(toPageName(command))} \\- ${escape(lowerFirst(command.summary))}`),
    section("SYNOPSIS", escape(formatUsage(command))),
    section("DESCRIPTION", escape(command.description === "" ? `${command.summary}.` : command.description)),
    ...(places.length === 0 ? [] : [section("ARGUMENTS", ...places)]),
    section("OPTIONS", ...[...command.options, ...globalOptions].map(renderOption)),
    section("EXAMPLES", ...examples.slice(1)),
    section("SEE ALSO", reference("qbo")),
  );
}

function renderOption({ flags, description }: OptionSpec): string {
  return item(bold(flags), description);
}

function heading(name: string, version: string): string {
  return `.TH ${escape(name.toUpperCase())} 1 "" "qbo ${escape(version)}" "qbo"`;
}

function section(title: string, ...lines: string[]): string {
  return joinLines(`.SH ${title}`, ...lines);
}

/** A term, already written in roff, and the text beside it. */
function item(term: string, text: string): string {
  return joinLines(".TP", term, escape(text));
}

const bold = (text: string) => `\\fB${escape(text)}\\fR`;
const italic = (text: string) => `\\fI${escape(text)}\\fR`;
const reference = (page: string) => `${bold(page)}(1)`;

/** Text that roff takes as it is: no escape, no hyphen that it would turn, no variable's name that it would divide, no request at the beginning, nothing beyond ASCII. */
function escape(text: string): string {
  const safe = text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replaceAll("~", "\\(ti")
    .replaceAll("^", "\\(ha")
    .replaceAll(/\b[A-Z]+_[A-Z_]+\b/g, String.raw`\%$&`)
    .replaceAll(/[^\x20-\x7e]/gu, (character) => `\\[u${toHex(character)}]`);
  return safe.startsWith(".") ? `\\&${safe}` : safe;
}

function toHex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

function joinLines(...lines: string[]): string {
  return lines.join("\n");
}
