// eslint-disable-next-line no-control-regex
const colors = /\u001b\[[0-9;]*m/g;

/** Where the text of a line begins, behind its label, number or sign: `hint:  text`, `2. text`, `✓ text`. */
const beginnings = [/^ *\S.*? {2,}/, /^ *(?:\d+\.|[^\w\s]|\w+:) +/, /^ */];

const colored = String.raw`(?:\u001b\[[0-9;]*m)?`;
/**
 * What stays in one piece: a state with its sign; to be copied, what stands between backticks, and a command at the end of its line, with
 * the variable that it needs and without a remark in parentheses.
 */
const pieces = new RegExp(
  String.raw`\`[^\`]+\`|● \S+|(?<=:${colored} )${colored}(?:[A-Z_]+=\S+ )?qbo (?:(?!\. |; | \().)*(?=$| \()`,
  "g",
);
const space = "\u00a0";

/**
 * Breaks lines between words, so that none is longer than `columns`; what follows stands below the beginning of the line's text. Colours
 * take no room. Addresses and commands stay whole: they are copied. A command that is longer than a line goes on in the next as a shell
 * reads it, behind a backslash.
 */
export function wrapLines(text: string, columns: number): string {
  return text
    .split("\n")
    .flatMap((line) => (measureWidth(line) <= columns ? [line] : wrapLine(line, columns)))
    .join("\n");
}

/** The fingerprint of a certificate, which is compared by eye and may be broken between its bytes. */
const fingerprint = /(?:[0-9A-F]{2}:){15,}[0-9A-F]{2}/g;

/** Splits fingerprints that are too long for a line into equal pieces of whole bytes. */
function splitFingerprints(line: string, room: number): string {
  const bytes = [16, 8, 4].find((count) => count * 3 <= room) ?? 4;
  const piece = new RegExp(`(?:[0-9A-F]{2}:){${bytes}}(?=.)`, "g");
  return line.replace(fingerprint, (whole) => (whole.length <= room ? whole : whole.replace(piece, "$& ")));
}

function wrapLine(text: string, columns: number): string[] {
  const line = splitFingerprints(text, columns - findMargin(text.replaceAll(colors, ""), columns));
  let margin = findMargin(line.replaceAll(colors, ""), columns);
  const lines: string[] = [];
  // Spaces in a row are empty words, which come back as they were.
  const [first = "", ...words] = line.replace(pieces, (piece) => piece.replaceAll(" ", space)).split(" ");
  let current = first;
  for (const word of words) {
    const fresh = findRoom(word, margin, columns);
    if (fresh === undefined && isCommand(word)) {
      if (!isBlank(current)) lines.push(current.trimEnd());
      const parts = breakCommand(word.split(space), columns);
      lines.push(...parts.slice(0, -1));
      current = parts.at(-1) ?? "";
      continue;
    }
    if (measureWidth(current) + 1 + measureWidth(word) <= columns || isBlank(current) || fresh === undefined) {
      current += ` ${word}`;
      continue;
    }
    lines.push(current.trimEnd());
    margin = fresh;
    current = `${" ".repeat(margin)}${word}`;
  }
  return [...lines, current].map((wrapped) => wrapped.replaceAll(space, " "));
}

function isCommand(word: string): boolean {
  return word.includes(space) && !word.startsWith("`") && !word.startsWith("●");
}

/** The lines of a command, each but the last with the backslash that makes it go on. */
function breakCommand([first = "", ...words]: readonly string[], columns: number): string[] {
  const ending = " \\";
  const lines: string[] = [];
  let current = `  ${first}`;
  for (const [index, word] of words.entries()) {
    const reserve = index === words.length - 1 ? 0 : ending.length;
    if (measureWidth(current) + 1 + measureWidth(word) + reserve <= columns) current += ` ${word}`;
    else {
      lines.push(`${current}${ending}`);
      current = `    ${word}`;
    }
  }
  return [...lines, current];
}

/** How far to the right a word may begin on a line of its own; `undefined` when it is too long for any. */
function findRoom(word: string, margin: number, columns: number): number | undefined {
  return [margin, 4, 0].find((start) => start <= margin && start + measureWidth(word) <= columns);
}

function findMargin(line: string, columns: number): number {
  const widths = beginnings.map((beginning) => beginning.exec(line)?.[0].length);
  return widths.find((width) => width !== undefined && width <= columns / 2) ?? 0;
}

function isBlank(line: string): boolean {
  return line.replaceAll(colors, "").trim() === "";
}

function measureWidth(text: string): number {
  return text.replaceAll(colors, "").length;
}
