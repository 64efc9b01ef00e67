import { wrapLines } from "../core/wrap-lines.ts";

/** Two columns of a table: a word and what is said about it. */
export type Row = readonly [left: string, right: string];

/** A paragraph, or a table. */
export type Block = string | readonly Row[];

/** Wider lines are hard to read, however wide the terminal. */
export const widestPage = 80;
const widestLeft = 36;
/** Characters beside the left column below which a sentence falls to pieces. */
const leastRoom = 24;

/** Paragraphs and tables, one below the other, for so many columns. */
export function formatBlocks(blocks: readonly Block[], columns: number): string {
  return blocks
    .map((block) => (typeof block === "string" ? wrapLines(block, columns) : formatRows(block, columns).join("\n")))
    .join("\n\n");
}

/** The lines of a table: two columns, or one below the other where two have no room. A left side that is too long has a line of its own. */
export function formatRows(rows: readonly Row[], columns: number, indent = 2): string[] {
  const left = Math.min(widestLeft, Math.max(...rows.map(([text]) => text.length)));
  const start = indent + left + 2;
  const longestWord = Math.max(...rows.flatMap(([, text]) => text.split(" ").map((word) => word.length)));
  if (columns - start < Math.max(leastRoom, longestWord))
    return rows.flatMap((row) => formatStacked(row, columns, indent));
  return rows.flatMap(([head, text]) => {
    const [first = "", ...more] = wrapBelow(text, columns, start);
    return head.length > left
      ? [`${" ".repeat(indent)}${head}`, `${" ".repeat(start)}${first}`, ...more]
      : [`${" ".repeat(indent)}${head.padEnd(left)}  ${first}`.trimEnd(), ...more];
  });
}

function formatStacked([head, text]: Row, columns: number, indent: number): string[] {
  const [first = "", ...more] = wrapBelow(text, columns, indent + 4);
  return [`${" ".repeat(indent)}${head.trim()}`, `${" ".repeat(indent + 4)}${first}`, ...more];
}

/** The lines of a text that begins at `start`; the first is left to whoever knows what stands before it. */
function wrapBelow(text: string, columns: number, start: number): string[] {
  const [first = "", ...more] = wrapLines(text, columns - start).split("\n");
  return [first, ...more.map((line) => `${" ".repeat(start)}${line}`)];
}

/** Command lines with what they do. One that is too long is broken between its words, so that it can still be copied. */
export function formatExamples(examples: readonly Row[], columns: number): string[] {
  return formatRows(examples, columns).flatMap((line) =>
    line.length > columns ? breakCommand(line.trim(), columns) : [line],
  );
}

/** POSIX shells go on reading after a backslash at the end of a line; within quotes nothing is broken, and `> file` only where it must be. */
function breakCommand(line: string, columns: number): string[] {
  const room = columns - "    ".length - " \\".length;
  const words = (line.match(/(?:[<>|]+ )?(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).flatMap((word) =>
    word.length > room ? word.split(/(?<=^[<>|]+) /) : [word],
  );
  const lines: string[] = [];
  let current = "";
  for (const word of words) {
    const isFull = current !== "" && current.length + 1 + word.length > room;
    if (isFull) lines.push(current);
    current = isFull || current === "" ? word : `${current} ${word}`;
  }
  return [...lines, current].map(
    (part, index) => `${index === 0 ? "  " : "    "}${part}${index < lines.length ? " \\" : ""}`,
  );
}
