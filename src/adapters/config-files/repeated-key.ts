/** One for each key that is written, also for one that another of the same name takes the place of. */
function countColons(text: string): number {
  let count = 0;
  for (const [, character] of readOutsideTexts(text)) if (character === ":") count += 1;
  return count;
}

function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const inner = Object.values(value).reduce((sum: number, each: unknown) => sum + countKeys(each), 0);
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length);
}

/**
 * The second of two keys of the same name in one object of a JSON text. A parser lets the last one count, while an editor changes the
 * first. `value`: what the text says, by which the rare case is known.
 */
export async function findRepeatedKey(
  text: string,
  value: unknown,
): Promise<{ key: string; offset: number } | undefined> {
  if (countColons(text) === countKeys(value)) return undefined;
  const { visit } = await import("jsonc-parser");
  const objects: Set<string>[] = [];
  let found: { key: string; offset: number } | undefined;
  visit(text, {
    onObjectBegin: () => void objects.push(new Set()),
    onObjectEnd: () => void objects.pop(),
    onObjectProperty(key, offset) {
      if (objects.at(-1)?.has(key)) found ??= { key, offset };
      objects.at(-1)?.add(key);
    },
  });
  return found;
}

/** The characters of a JSON text that are in none of its strings, with their places. */
export function* readOutsideTexts(text: string): Generator<[index: number, character: string]> {
  let isInText = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === "\\" && isInText) index += 1;
    else if (character === '"') isInText = !isInText;
    else if (!isInText) yield [index, character];
  }
}
