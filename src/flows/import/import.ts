import { asQboError, type QboError } from "../../core/errors.ts";
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

/** Brings connections in, one after the other. One that cannot be used stops none of the others. */
export async function importConnections(
  world: ImportDoors,
  { text, ...options }: ImportOptions & { text: string },
): Promise<ImportResult[]> {
  const values = readImportText(text);
  const results: ImportResult[] = [];
  for (const value of values) {
    try {
      const entry = readImportEntry(value, world.clock.now());
      const { facts, outcome } = await bringIn(world, entry, {
        ...options,
        name: values.length === 1 ? options.name : undefined,
      });
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
