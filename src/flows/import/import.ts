import { asQboError, QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import { isObject } from "../../oauth/intuit-answer.ts";
import { readKnownRecords, warnOfDamaged } from "../known-records.ts";
import { assertTeamChosen } from "../team/assert-chosen.ts";
import { bringIn, type BroughtIn, type ImportOptions } from "./bring-in.ts";
import type { ImportDoors } from "./import-doors.ts";
import { readImportEntry } from "./read-entries.ts";
import { readImportText } from "./read-text.ts";

/** What became of one entry. */
export interface ImportResult extends Pick<BroughtIn, "proven" | "isReplaced"> {
  connection: string | null;
  outcome: "imported" | "kept" | "failed";
  error: QboError | null;
}

/** A text with entries, and how they are brought in. */
export interface ImportRequest extends ImportOptions {
  text: string;
  /** The company, for one entry that does not name it. */
  realmId?: string | undefined;
}

/**
 * Brings connections in, one after the other. One that cannot be used stops none of the others.
 * @throws USAGE for a text without entries, and for one name or realm ID for several.
 */
export async function importConnections(
  world: ImportDoors,
  { text, realmId, ...options }: ImportRequest,
): Promise<ImportResult[]> {
  const values = readImportText(text);
  if (options.store !== undefined) await assertTeamChosen(world, options.store);
  assertOneEntry(values.length, "--name", options.name);
  assertOneEntry(values.length, "--realm", realmId);
  warnOfDamaged(world, await readKnownRecords(world));
  const results: ImportResult[] = [];
  for (const value of values) {
    if (world.interruption.aborted)
      throw new QboError("CANCELLED", `Interrupted after ${results.length} of ${values.length} entries.`);
    try {
      const entry = readImportEntry(value, world.clock.now(), realmId);
      const { facts, ...rest } = await bringIn(world, entry, options);
      results.push({ connection: facts.name, ...rest, error: null });
    } catch (error) {
      const known = asQboError(error);
      if (!known || known.code === "CANCELLED") throw error;
      results.push({ connection: guessName(value), outcome: "failed", proven: false, isReplaced: false, error: known });
    }
  }
  return results;
}

function assertOneEntry(count: number, option: string, value: string | undefined): void {
  if (value === undefined || count === 1) return;
  throw new QboError("USAGE", `${option} is about one connection, and there are ${count} entries.`, {
    hint: `Leave out ${option}, and let each entry say it for itself.`,
  });
}

/** What a failed entry is called in the report: nothing of it was checked. */
function guessName(value: unknown): string | null {
  const name = isObject(value) ? (value["name"] ?? value["realmId"]) : undefined;
  return typeof name === "string" ? makePrintable(name, 80) : null;
}
