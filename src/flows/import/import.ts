import { asQboError, QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import { isObject } from "../../oauth/intuit-answer.ts";
import { bringIn, type ImportDoors, type ImportOptions } from "./bring-in.ts";
import { readImportEntry, readImportText } from "./read-entries.ts";

/** What became of one entry. */
export interface ImportResult {
  connection: string | null;
  outcome: "imported" | "kept" | "failed";
  error: QboError | null;
}

/**
 * Brings connections in, one after the other. One that cannot be used stops none of the others.
 * @throws USAGE for a text without entries, and for one name for several.
 */
export async function importConnections(
  world: ImportDoors,
  { text, ...options }: ImportOptions & { text: string },
): Promise<ImportResult[]> {
  const values = readImportText(text);
  if (options.name !== undefined && values.length > 1) {
    throw new QboError("USAGE", `--name names one connection, and there are ${values.length} entries.`, {
      hint: "Leave out --name, and give each entry its own name.",
    });
  }
  const results: ImportResult[] = [];
  for (const value of values) {
    try {
      const entry = readImportEntry(value, world.clock.now());
      const { facts, outcome } = await bringIn(world, entry, options);
      results.push({ connection: facts.name, outcome, error: null });
    } catch (error) {
      const known = asQboError(error);
      if (!known || known.code === "CANCELLED") throw error;
      results.push({ connection: guessName(value), outcome: "failed", error: known });
    }
  }
  return results;
}

/** What a failed entry is called in the report: nothing of it was checked. */
function guessName(value: unknown): string | null {
  const name = isObject(value) ? (value["name"] ?? value["realmId"]) : undefined;
  return typeof name === "string" ? makePrintable(name, 80) : null;
}
