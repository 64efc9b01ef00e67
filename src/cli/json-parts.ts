/** So many elements make a part. */
const partLength = 200;

/**
 * The text of a JSON document, in parts. A document that is little but one long list is never a whole in memory; each of its elements is a line,
 * and each part ends between two of them. Any other is one part, as `JSON.stringify(document, undefined, 2)` writes it.
 */
export function* stringifyInParts(document: unknown): Generator<string, void> {
  const long = findLongList(document);
  if (!long) {
    yield JSON.stringify(document, undefined, 2);
    return;
  }
  const { key, list } = long;
  yield `{\n  ${JSON.stringify(key)}: [\n`;
  for (let start = 0; start < list.length; start += partLength) {
    const lines = list.slice(start, start + partLength).map((element) => `    ${JSON.stringify(element) ?? "null"}`);
    const isLast = start + partLength >= list.length;
    yield `${lines.join(",\n")}${isLast ? "\n  ]\n}" : ",\n"}`;
  }
}

function findLongList(document: unknown): { key: string; list: readonly unknown[] } | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const [only, another] = Object.entries(document);
  if (only === undefined || another !== undefined || Array.isArray(document)) return undefined;
  const [key, list]: [string, unknown] = only;
  return Array.isArray(list) && list.length > partLength ? { key, list } : undefined;
}
