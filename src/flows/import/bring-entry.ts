import { asQboError, type QboError } from "../../core/errors.ts";
import { isObject } from "../../core/plain-object.ts";
import { makePrintable } from "../../core/printable.ts";
import type { StoreOutages } from "../many/store-outage.ts";
import { bringIn, type EntryOptions, type ImportOptions } from "./bring-in.ts";
import type { ImportDoors } from "./import-doors.ts";
import type { ImportMemory } from "./import-memory.ts";
import type { BroughtIn } from "./keep-entry.ts";
import type { GivenRejection } from "./prove.ts";
import { readImportEntry } from "./read-entries.ts";

/** What became of one entry. */
export interface ImportResult extends Pick<BroughtIn, "proven" | "isReplaced"> {
  connection: string | null;
  outcome: "imported" | "kept" | "failed";
  error: QboError | null;
}

interface Brought {
  result: ImportResult;
  rejection: GivenRejection | undefined;
  /** The environment of what was brought in. */
  environment?: string;
}

interface Request extends ImportOptions {
  /** The company, for an entry that does not name it. */
  realmId: string | undefined;
  stores: StoreOutages;
  memory: ImportMemory;
}

/** Whichever store is away, every entry meets it: each looks for its connection in all of them. */
const store = "any";

/**
 * Brings one entry in, and waits for a store whose server is away. What failed is told in the result; what is no failure of this one entry
 * is thrown. `isLeft`: the store stayed away, or the wait was interrupted, and the entry is to be brought in once more from its start.
 */
export async function bringEntry(
  world: ImportDoors,
  value: unknown,
  { stores, realmId, ...options }: Request,
): Promise<Brought & { isLeft: boolean }> {
  let wasGranted = false;
  let keptAside: Brought | undefined;
  const onGranted = () => void (wasGranted = true);
  for (;;) {
    const begunAt = world.clock.now();
    const brought = await tryOnce(world, { value, realmId }, { ...options, wasGranted, onGranted });
    const { error } = brought.result;
    if (!stores.note(error, { store, begunAt })) return { ...brought, isLeft: false };
    if (error?.details.isKeptAside) keptAside = brought;
    if (stores.end() === null) await world.clock.sleep(stores.pauseLeft(store), world.interruption);
    if (stores.end() === null && !world.interruption.aborted) continue;
    // New tokens that wait to be saved are told of, with the way back.
    return { ...(keptAside ?? brought), isLeft: keptAside === undefined };
  }
}

async function tryOnce(
  world: ImportDoors,
  { value, realmId }: { value: unknown } & Pick<Request, "realmId">,
  options: Omit<EntryOptions, "onRejection">,
): Promise<Brought> {
  let rejection: GivenRejection | undefined;
  const onRejection = (found: GivenRejection) => void (rejection = found);
  try {
    const entry = readImportEntry(value, world.clock.now(), realmId);
    const { facts, ...rest } = await bringIn(world, entry, { ...options, onRejection });
    const { name: connection, environment } = facts;
    return { result: { connection, ...rest, error: null }, rejection, environment };
  } catch (error) {
    const known = asQboError(error);
    if (!known) throw error;
    const failed = { outcome: "failed", proven: false, isReplaced: false } as const;
    return { result: { connection: guessName(value), ...failed, error: known }, rejection };
  }
}

/** What a failed entry is called in the report: nothing of it was checked. */
function guessName(value: unknown): string | null {
  const name = isObject(value) ? (value["name"] ?? value["realmId"]) : undefined;
  return typeof name === "string" ? makePrintable(name, 80) : null;
}
