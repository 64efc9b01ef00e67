import { refuseImport } from "./refuse-import.ts";

/**
 * An entry made of named values; `undefined` when there are none.
 * @throws USAGE when a name has two different values.
 */
export function collectFields(
  pairs: readonly (readonly [key: string, value: string])[],
): Record<string, string> | undefined {
  const fields: Record<string, string> = {};
  for (const [key, value] of pairs) {
    const earlier = fields[key];
    if (earlier !== undefined && earlier !== value) throw refuseImport(`it names two different values for ${key}`);
    fields[key] = value;
  }
  return pairs.length === 0 ? undefined : fields;
}
