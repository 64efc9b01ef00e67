/** A block of code in a page, with the mark that says what becomes of it. */
export interface Recipe {
  /** Where it stands: the line of its fence, from 1. */
  line: number;
  code: string;
  mark: Mark;
}

type Mark =
  /** Run by a shell; must end well, and print this when there is something to print. */
  | { kind: "run"; prints?: string }
  /** Kept as a file for the blocks that follow. */
  | { kind: "save"; file: string }
  | { kind: "not-run"; reason: string }
  | { kind: "none" };

/**
 * The blocks of a page. A mark is an HTML comment on the line before the fence: `run`, `run: prints …` (a text in quotes, or `the company`),
 * `save: <file>` or `not run: <reason>`.
 */
export function readRecipes(page: string): Recipe[] {
  const lines = page.split("\n");
  const fences = lines.flatMap((text, index) => (text.startsWith("```") ? [index] : []));
  return fences.flatMap((opening, order) => {
    const closing = fences[order + 1];
    if (order % 2 === 1 || closing === undefined) return [];
    const code = `${lines.slice(opening + 1, closing).join("\n")}\n`;
    return [{ line: opening + 1, code, mark: readMark(lines[opening - 1] ?? "") }];
  });
}

function readMark(line: string): Mark {
  const [, word, more] = /^<!-- (run|save|not run)(?:: (.+))? -->$/.exec(line) ?? [];
  if (word === "save" && more) return { kind: "save", file: more };
  if (word === "not run" && more) return { kind: "not-run", reason: more };
  const prints = /^prints (?:"(.+)"|the company)$/.exec(more ?? "");
  if (word === "run" && (more === undefined || prints))
    return prints ? { kind: "run", prints: prints[1] ?? "the company" } : { kind: "run" };
  return { kind: "none" };
}
