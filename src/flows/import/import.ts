import { QboError } from "../../core/errors.ts";
import { warnOfDamaged } from "../connections/known-records.ts";
import { explainOutage, hideRejection } from "../many/outage.ts";
import { markRejected } from "../refresh/rejection.ts";
import { createRejectionRow, type RejectionRow } from "../many/rejection-row.ts";
import { assertTeamChosen } from "../team/assert-chosen.ts";
import { explainStoreOutage, watchStores } from "../many/store-outage.ts";
import { bringEntry, type ImportResult } from "./bring-entry.ts";
import type { ImportOptions } from "./bring-in.ts";
import type { ImportDoors } from "./import-doors.ts";
import { openImportMemory } from "./import-memory.ts";
import type { GivenRejection } from "./prove.ts";
import { readImportText } from "./read-text.ts";

/** A text with entries, and how they are brought in. */
export interface ImportRequest extends ImportOptions {
  text: string;
  /** The company, for one entry that does not name it. */
  realmId?: string | undefined;
  /** The command to try again with. */
  again: string;
}

/** What became of an import, also of one that was cut short. */
export interface ImportRun {
  results: ImportResult[];
  /** Why it ended before all entries were tried: CANCELLED, SERVICE_SUSPECT, STORE_UNAVAILABLE; else null. */
  endedBy: QboError | null;
}

/**
 * Brings connections in, one after the other. One that cannot be used stops none of the others, but a row of rejected tokens does: an
 * outage may answer `invalid_grant` (Intuit, FAQ). Then no connection is marked. A store whose server is away is waited for.
 * @throws USAGE for a text without entries, and for one name or realm ID for several.
 */
export async function importConnections(
  world: ImportDoors,
  { text, realmId, again, ...options }: ImportRequest,
): Promise<ImportRun> {
  const values = readImportText(text);
  if (options.store !== undefined) await assertTeamChosen(world, options.store);
  assertOneEntry(values.length, "--name", options.name);
  assertOneEntry(values.length, "--realm", realmId);
  const memory = await openImportMemory(world, values.length);
  warnOfDamaged(world, memory.known);
  const results: ImportResult[] = [];
  const row = createRejectionRow<Rejected>();
  const stores = watchStores(world);
  for (const value of values) {
    if (world.interruption.aborted || row.isSuspicious() || stores.end() !== null) break;
    const entryOptions = { ...options, realmId, stores, memory };
    const { result, rejection, isLeft, environment } = await bringEntry(world, value, entryOptions);
    if (isLeft) break;
    if (result.error?.code === "CANCELLED") {
      if (world.interruption.aborted) break;
      throw result.error;
    }
    results.push(result);
    if (rejection) row.add({ ...rejection, result });
    if (result.proven && environment !== undefined) row.believe(environment);
    await markBelieved(world, row);
  }
  const doubtful = row.end();
  await markBelieved(world, row);
  for (const { facts, error, result } of doubtful) result.error = hideRejection(facts, error, again);
  const untried = values.length - results.length;
  const rejected = doubtful.map(({ facts }) => facts);
  if (world.interruption.aborted && untried > 0) return { results, endedBy: explainInterruption(results, untried) };
  const away = stores.end();
  if (away)
    return {
      results,
      endedBy: explainStoreOutage(away, { done: results.length, left: untried, again, of: "entries" }),
    };
  return { results, endedBy: rejected.length > 0 ? await explainOutage(world, rejected, { untried, again }) : null };
}

/** A rejection with the result that tells of it. */
type Rejected = GivenRejection & { result: ImportResult };

async function markBelieved(world: ImportDoors, row: RejectionRow<Rejected>): Promise<void> {
  for (const { facts, error, isStored } of row.takeBelieved()) if (isStored) await markRejected(world, facts, error);
}

function explainInterruption({ length: done }: readonly ImportResult[], untried: number): QboError {
  return new QboError("CANCELLED", `Interrupted after ${done} of ${done + untried} entries.`, {
    hint: "The same import goes on with those that are left: what was brought in already is kept.",
  });
}

function assertOneEntry(count: number, option: string, value: string | undefined): void {
  if (value === undefined || count === 1) return;
  throw new QboError("USAGE", `${option} is about one connection, and there are ${count} entries.`, {
    hint: `Leave out ${option}, and let each entry say it for itself.`,
  });
}
