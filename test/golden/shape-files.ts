import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "../../src/cli/commands.ts";
import { goldenFolder } from "./told.ts";

/** A golden file of JSON, taken apart. */
export interface ShapeFile {
  file: string;
  isError: boolean;
  /** The command that answered; absent for a word that is none. */
  command: string | undefined;
  /** The long names of its options, without dashes. */
  flags: string[];
  /** Where each key stands: `results.error.code`. Lists are passed through. */
  paths: string[];
}

/** All golden files of JSON. */
export function readShapeFiles(): ShapeFile[] {
  const files = readdirSync(goldenFolder).filter((file) => /^json-.*\.txt$/.test(file));
  return files.map((file) => readShapeFile(file, readFileSync(join(goldenFolder, file), "utf8")));
}

/** Takes the text of one apart. */
export function readShapeFile(file: string, text: string): ShapeFile {
  const [line = "", ...shape] = text.split("\n");
  const words = line.split(" ").slice(1);
  const names = [words.slice(0, 2).join(" "), words[0]];
  return {
    file,
    isError: file.startsWith("json-error"),
    command: names.find((name) => commands.some((command) => command.name === name)),
    flags: words.flatMap((word) => /^--([a-z-]+)/.exec(word)?.[1] ?? []),
    paths: listPaths(shape),
  };
}

function listPaths(lines: readonly string[]): string[] {
  const above: { indent: number; key: string }[] = [];
  const paths = lines.flatMap((line) => {
    const [, space = "", key] = /^( *)(\S+): /.exec(line) ?? [];
    if (key === undefined) return [];
    while ((above.at(-1)?.indent ?? -1) >= space.length) above.pop();
    above.push({ indent: space.length, key });
    return [above.map((each) => each.key).join(".")];
  });
  return [...new Set(paths)];
}
