/** A column of a table: its cells, not yet padded. */
export interface Column {
  key: string;
  title: string;
  cells: readonly string[];
  width: number;
  /** Whether what does not fit is left out in the middle of a cell, and not at its end. */
  isCutInside?: boolean;
}

/** One way to make a table narrower: `excess` is by how many characters it is too wide. */
export type Narrowing = (columns: Column[], excess: number) => Column[];

const gap = 2;

/** Makes a column as wide as its longest cell. */
export function createColumn(key: string, title: string, cells: readonly string[]): Column {
  return { key, title, cells, width: cells.reduce((widest, cell) => Math.max(widest, cell.length), title.length) };
}

/** Leaves the column out. */
export function drop(key: string): Narrowing {
  return (columns) => columns.filter((column) => column.key !== key);
}

/** Makes the column narrower, to `least` characters at most. */
export function shrink(key: string, least: number): Narrowing {
  return (columns, excess) =>
    columns.map((column) =>
      column.key === key
        ? { ...column, width: Math.min(column.width, Math.max(least, column.width - excess)) }
        : column,
    );
}

/** Puts shorter cells into the column. */
export function shorten(key: string, write: (cell: string) => string): Narrowing {
  return (columns) =>
    columns.map((column) =>
      column.key === key
        ? createColumn(
            key,
            column.title,
            column.cells.map((cell) => write(cell)),
          )
        : column,
    );
}

/** Takes one step after the other until the table is no wider than `most`. */
export function fitColumns(columns: readonly Column[], most: number, steps: readonly Narrowing[]): Column[] {
  const measureExcess = (fitted: readonly Column[]) =>
    fitted.reduce((sum, { width }) => sum + width + gap, -gap) - most;
  let fitted = [...columns];
  for (const step of steps) {
    const excess = measureExcess(fitted);
    if (excess <= 0) break;
    fitted = step(fitted, excess);
  }
  return fitted;
}

/** The line of a row, or of the titles for `undefined`; `paint` may colour a cell, which is padded already. */
export function writeRow(
  columns: readonly Column[],
  row: number | undefined,
  paint: (text: string, key: string) => string,
): string {
  const last = columns.length - 1;
  const cells = columns.map(({ key, title, cells: own, width, isCutInside = false }, index) => {
    const text = cut(row === undefined ? title : (own[row] ?? ""), width, isCutInside);
    if (text === "" && index === last) return "";
    return paint(index === last ? text : text.padEnd(width), key);
  });
  return cells.join(" ".repeat(gap)).trimEnd();
}

function cut(text: string, width: number, isInside: boolean): string {
  if (text.length <= width) return text;
  const end = isInside ? Math.floor((width - 1) / 2) : 0;
  return `${text.slice(0, width - 1 - end)}…${text.slice(text.length - end)}`;
}
