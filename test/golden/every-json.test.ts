import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { readFlagName } from "../../src/cli/flag-name.ts";
import { globalOptions } from "../../src/cli/globals.ts";
import { jsonDocuments } from "../../src/cli/topics/json.ts";
import type { Command } from "../../src/commands/kit/command.ts";
import { readJsonPage, type Section } from "./json-page.ts";
import { readShapeFile, readShapeFiles, type ShapeFile } from "./shape-files.ts";

// That no JSON shape is missing: the golden files against the commands, their options, docs/json.md and qbo help json.

/** Commands without a JSON answer, each with its reason. */
const withoutJson: Readonly<Record<string, string>> = {
  exec: "stdout belongs to the program that it runs",
};

/** Options that choose what is told of, or how it is done: the answer has the same keys with them and without. Those of all commands first. */
const choosing: Readonly<Record<string, string>> = {
  "": "connection env app yes name store concurrency",
  login: "scopes add-scope redirect-uri listen tls-cert tls-key no-browser paste timeout",
  token: "min-validity shell",
  api: "method field input header include max-wait",
  status: "all state expiring-within fail-on warn-within group-by watch",
  refresh: "expiring-within restart",
  doctor: "fix refresh bundle",
  history: "since",
  schedule: "every expiring-within",
  "app set": "redirect-uri scopes",
  "config set": "project system",
  "config unset": "project system",
  import: "file realm passphrase-stdin passphrase-file",
  export: "passphrase-file",
  emulator: "companies latency auto-approve state production redirect-uri",
  demo: "browser",
};

const shapes = readShapeFiles();
const sections = readJsonPage(readFileSync(join(import.meta.dirname, "../../docs/json.md"), "utf8"));
const split = (words = "") => words.split(" ").filter((word) => word !== "");
const longNames = (options: Command["options"]) => options.map(({ flags }) => readFlagName(flags).long);

/** Commands and options that neither a golden file nor a list above tells of. */
function findUnshown(files: readonly ShapeFile[], known: readonly Pick<Command, "name" | "options">[]): string[] {
  return known.flatMap(({ name, options }) => {
    if (name in withoutJson) return [];
    const own = files.filter(({ command, isError }) => command === name && !isError);
    if (own.length === 0) return [name];
    const decided = new Set([...own.flatMap(({ flags }) => flags), ...split(choosing[""]), ...split(choosing[name])]);
    return longNames(options).flatMap((flag) => (decided.has(flag) ? [] : [`${name} --${flag}`]));
  });
}

/** Keys of the examples on the page, and options that it names, that no golden file of these commands has. */
function findUnheld(files: readonly ShapeFile[], page: readonly Section[]): string[] {
  return page.flatMap(({ heading, commands: names, flags, examples }) => {
    const own = files.filter(({ command }) => names.includes(command ?? ""));
    const held = new Set(own.flatMap(({ paths }) => paths));
    const places = ["", ...[...held].map((path) => `${path}.`)];
    const missing = (keys: readonly string[], place: string) => keys.filter((key) => !held.has(`${place}${key}`));
    const unheld = examples.map((keys) => places.map((place) => missing(keys, place)).toSorted((a, b) => a.length - b.length)[0] ?? []);
    const known = commands.filter(({ name }) => names.includes(name)).flatMap(({ options }) => longNames(options));
    const unknown = flags.filter((flag) => ![...known, ...longNames(globalOptions)].includes(flag));
    return names.length === 0 ? [] : [...unheld.flat(), ...unknown.map((flag) => `--${flag}`)].map((what) => `${heading}: ${what}`);
  });
}

/** Keys of Intuit, of other tools and of the export's format, which stand on pages of their own. */
const foreign = /^(companyInfo|headers|body|settings|export)\./;

/** Keys that the page tells nothing of. */
function findUntold(files: readonly ShapeFile[], page: readonly Section[]): string[] {
  const told = page.map(({ text }) => text).join("\n");
  return files.flatMap(({ file, command, paths }) => {
    const isForeign = (path: string) => command !== "config list" && foreign.test(path);
    const keys = paths.filter((path) => !isForeign(path)).map((path) => path.split(".").at(-1) ?? "");
    return [...new Set(keys)].filter((key) => !new RegExp(`["\`.]${key}["\`]`).test(told)).map((key) => `${file}: ${key}`);
  });
}

describe("every command and every option of it", () => {
  it("has a golden file, or a reason for having none", () => {
    expect(findUnshown(shapes, commands)).toEqual([]);
    const names = new Set(["", ...commands.map(({ name }) => name)]);
    expect([...Object.keys(withoutJson), ...Object.keys(choosing)].filter((name) => !names.has(name))).toEqual([]);
  });

  it("would be missed otherwise", () => {
    const options = [{ flags: "--sideways", description: "" }];
    expect(findUnshown(shapes, [{ name: "brew", options }, { name: "status", options }])).toEqual(["brew", "status --sideways"]);
    expect(findUnshown(shapes.filter(({ command }) => command !== "use"), commands)).toEqual(["use"]);
    const isJsonLines = ({ flags }: ShapeFile) => flags.includes("json-lines");
    expect(findUnshown(shapes.filter((each) => !isJsonLines(each)), commands)).toEqual(["refresh --json-lines"]);
  });

  it("whose golden file is of no command, is an error", () => {
    expect(shapes.filter(({ command }) => command === undefined).map(({ file }) => file)).toEqual([]);
  });
});

describe("docs/json.md", () => {
  it("shows every command's answer", () => {
    const shown = new Set(sections.flatMap(({ commands: names }) => names));
    expect(commands.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
  });

  it("shows no key and names no option that no golden file has, and tells of every key", () => {
    expect(findUnheld(shapes, sections)).toEqual([]);
    expect(findUntold(shapes, sections)).toEqual([]);
  });

  it("would be found wrong otherwise", () => {
    const page = readJsonPage('## use\n\nWith `--twice` there is more:\n\n```json\n{ "connection": { "name": "…", "shoe": 1 } }\n```\n');
    expect(findUnheld(shapes, page)).toEqual(["use: connection.shoe", "use: --twice"]);
    expect(findUntold([readShapeFile("json-use.txt", "qbo use acme --json\n{\n  hat: {\n    brim: null\n  }\n}\n")], sections)).toEqual([
      "json-use.txt: hat",
      "json-use.txt: brim",
    ]);
  });
});

describe("qbo help json", () => {
  it.each(jsonDocuments)("tells of the keys of %s", (name, text) => {
    const isPart = name === "Connection";
    const file = `json-${isPart ? "status" : name.replaceAll(/[- ]+/g, "-")}.txt`;
    const { paths } = shapes.find((each) => each.file === file) ?? { paths: [] };
    const keys = paths.flatMap((path) => (isPart ? /^connections\.(\w+)$/ : /^(\w+)$/).exec(path)?.[1] ?? []);
    expect([keys.length > 0, keys.filter((key) => !text.includes(JSON.stringify(key)))]).toEqual([true, []]);
  });
});
