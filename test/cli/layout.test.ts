import { describe, expect, it } from "vitest";
import { commandGroups, commands } from "../../src/cli/commands.ts";
import { formatCommandHelp, formatProgramHelp } from "../../src/cli/help.ts";
import { formatExamples, formatRows } from "../../src/cli/layout.ts";
import { findTopic, topicNames } from "../../src/cli/topics/topics.ts";

describe("a table", () => {
  it("has two columns where there is room, and else one below the other", () => {
    const rows = [["--one <value>", "three short words"]] as const;
    expect(formatRows(rows, 60)).toEqual(["  --one <value>  three short words"]);
    expect(formatRows(rows, 30)).toEqual(["  --one <value>", "      three short words"]);
  });
});

describe("a command that is too long", () => {
  it.each([
    ["qbo one --two three --four five", 20, ["  qbo one --two \\", "    three --four \\", "    five"]],
    ["qbo one --two < file", 19, ["  qbo one --two \\", "    < file"]],
    ["qbo one 'two three four' five", 24, ["  qbo one \\", "    'two three four' \\", "    five"]],
    ["qbo a > a-rather-long-file", 20, ["  qbo a > \\", "    a-rather-long-file"]],
  ])("is broken where a shell goes on reading: %s", (line, columns, expected) => {
    const lines = formatExamples([[line, "does it"]], columns);
    expect(lines.slice(0, expected.length)).toEqual(expected);
    expect(
      expected
        .join("\n")
        .replaceAll(/ \\\n +/g, " ")
        .trim(),
    ).toBe(line);
  });
});

/** What cannot be broken: quotes and addresses. */
const isOnePiece = (line: string) => /^\s*(["']|\S*:\/\/\S+ ?\\?$|\S+=\S+:\/\/)/.test(line);

describe.each([80, 60, 40])("the help for %i columns", (columns) => {
  const pages = [
    ["qbo", formatProgramHelp(columns)],
    ...Object.keys(commandGroups).map((name) => [name, formatProgramHelp(columns, name)]),
    ...commands.map((command) => [command.name, formatCommandHelp(command, columns)]),
    ...topicNames.map((name) => [name, findTopic(name, columns) ?? ""]),
  ] as const;

  it("has no line that is longer", () => {
    const long = pages.flatMap(([name, page = ""]) =>
      page.split("\n").flatMap((line) => (line.length > columns && !isOnePiece(line) ? [[name, line]] : [])),
    );
    expect(long).toEqual([]);
  });

  it("says the same, word for word, as on a wide terminal", () => {
    const words = (text: string) => text.replaceAll(/\s+(?:\\\s+)?/g, " ").trim();
    for (const command of commands) {
      expect(words(formatCommandHelp(command, columns))).toBe(words(formatCommandHelp(command, 200)));
    }
    for (const name of topicNames)
      expect(words(findTopic(name, columns) ?? "")).toBe(words(findTopic(name, 200) ?? ""));
  });
});
