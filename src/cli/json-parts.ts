/** So many elements make a part. */
const partLength = 200;

/**
 * The text that `JSON.stringify(document, undefined, 2)` gives, in parts. A document that is little but one long list is never a whole
 * in memory; each part ends between two elements.
 */
export function* stringifyInParts(document: unknown): Generator<string, void> {
  const long = findLongList(document);
  if (!long) {
    yield JSON.stringify(document, undefined, 2);
    return;
  }
  yield `{\n  ${JSON.stringify(long.key)}: [\n`;
  for (let start = 0; start < long.list.length; start += partLength) {
    const part = long.list.slice(start, start + partLength);
    const isLast = start + partLength >= long.list.length;
    yield `${part.map(stringifyElement).join(",\n")}${isLast ? "\n" : ",\n"}`;
  }
  yield "  ]\n}";
}

function findLongList(document: unknown): { key: string; list: readonly unknown[] } | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const [only, another] = Object.entries(document);
  if (only === undefined || another !== undefined || Array.isArray(document)) return undefined;
  const [key, list]: [string, unknown] = only;
  return Array.isArray(list) && list.length > partLength ? { key, list } : undefined;
}

/** Within a string JSON has no line end, so that every one of them begins a line of its own. */
function stringifyElement(element: unknown): string {
  return `    ${(JSON.stringify(element, undefined, 2) ?? "null").replaceAll("\n", "\n    ")}`;
}
