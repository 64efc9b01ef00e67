import type { Style } from "./command.ts";

/** Lines of a label and a value, the values below each other. Rows without a value are left out. */
export function formatFields(
  rows: readonly (readonly [label: string, value: string | null | undefined])[],
  style: Style,
): string[] {
  const present = rows.filter(
    (row): row is readonly [string, string] => row[1] !== null && row[1] !== undefined && row[1] !== "",
  );
  const width = Math.max(15, ...present.map(([label]) => label.length + 2));
  return present.map(([label, value]) => `${style.dim(label.padEnd(width))}${value}`);
}

/** Lines moved to the right. */
export function indent(lines: readonly string[], by = 2): string[] {
  return lines.map((line) => (line === "" ? line : `${" ".repeat(by)}${line}`));
}
