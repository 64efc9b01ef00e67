import { basename, isAbsolute, join } from "node:path";
import { expect } from "vitest";
import { describeShape } from "./describe-shape.ts";

/** Where the golden files lie. */
export const goldenFolder = join(import.meta.dirname, "files");

/** What a command line answered, as far as any program that was run has it. */
interface Answered {
  stdout: string;
  stderr: string;
}

/**
 * Runs a command line and compares what it answers with its golden file: the command line, then the shapes of the documents on stdout, or
 * where there are none, of the error. Its name is added to `kept`. `added` is what makes it answer in JSON. The names of errors, and of nothing else, begin with `error`.
 */
export function createKeeper<A extends Answered>(
  kept: Set<string>,
  qbo: (...words: string[]) => Promise<A>,
  added: readonly string[] = ["--json"],
) {
  return async (name: string, ...words: string[]): Promise<A> => {
    const outcome = await qbo(...words, ...added);
    if (kept.has(name)) throw new Error(`There are two golden files of the name ${name}.`);
    kept.add(name);
    const isError = outcome.stdout === "";
    if (isError !== name.startsWith("error")) throw new Error(`${name} is ${isError ? "an" : "no"} error: ${outcome.stderr}`);
    const text = isError ? (outcome.stderr.trimEnd().split("\n").at(-1) ?? "") : outcome.stdout;
    const shapes = [...new Set(readDocuments(text).map((document) => describeShape(document)))].toSorted();
    // Folders of this run are none of a script's business.
    const line = ["qbo", ...words, ...added].map((word) => (isAbsolute(word) ? basename(word) : word)).join(" ");
    await expect(`${[line, ...shapes].join("\n")}\n`).toMatchFileSnapshot(join(goldenFolder, `json-${name}.txt`));
    return outcome;
  };
}

function readDocuments(text: string): unknown[] {
  const isLines = /^\{.*\}\n\{/.test(text);
  return (isLines ? text.trimEnd().split("\n") : [text]).map((document): unknown => JSON.parse(document));
}
