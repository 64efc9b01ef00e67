import type { ConnectionFacts } from "../../core/connection.ts";
import type { HeldTokens } from "../../core/store-ports.ts";
import type { Tokens } from "../../core/tokens.ts";
import { ConnectionMoved } from "../connections/connection-moved.ts";
import { createRecord } from "../connections/create-record.ts";
import { recoverRescued } from "../refresh/save-renewed.ts";
import { followTokens } from "../refresh/token-facts.ts";
import { buildFacts } from "./build-connection.ts";
import type { ImportDoors } from "./import-doors.ts";
import type { ImportMemory } from "./import-memory.ts";
import type { ImportTarget } from "./import-target.ts";
import type { ImportEntry } from "./read-entries.ts";
import type { RecordIndex } from "./record-index.ts";

/** What there is already of the connection that an entry is about. There are no stored tokens without a record. */
export interface Met {
  previous: ConnectionFacts | undefined;
  stored: Tokens | undefined;
  /** The record that it gets, marked pending. Throws as `buildFacts`. */
  build(this: void, tokens: Tokens): ConnectionFacts;
}

interface Meeting {
  entry: ImportEntry;
  /** The name that was asked for on the command line. */
  name: string | undefined;
  target: ImportTarget;
  held: HeldTokens;
  /** The store that was opened. */
  store: string;
  known: RecordIndex;
}

/**
 * Looks the connection up again, now that it is held: another process may have brought it in while this one waited. Tokens that no record
 * belongs to get one: what is stored is worth more than what is given.
 * @throws `ConnectionMoved`, and as `RecordIndex.find`.
 */
export async function meetStored(
  world: ImportDoors,
  { entry, name: wantedName, target, held, store, known }: Meeting,
): Promise<Met> {
  const find = async () => {
    const found = await known.findHeld(target.id);
    if (found && found.store !== store) throw new ConnectionMoved(found);
    return found;
  };
  const { isNameTaken } = known;
  const build = (tokens: Tokens, previous?: ConnectionFacts) =>
    buildFacts({ entry, wantedName, target, store, isNameTaken, previous, tokens, now: world.clock.now() });
  let previous = await find();
  const loaded = await held.load();
  if (loaded && !previous) {
    // Somebody has stored them: only a look at every record tells for certain that there is none.
    await known.readAgain();
    previous = (await find()) ?? (await createRecord(world, known, () => followTokens(build(loaded), loaded)));
  }
  const stored = loaded && previous ? await recoverRescued(world, previous, held, loaded) : loaded;
  return { previous, stored, build: (tokens) => build(tokens, previous) };
}

/** Whether the stored token came from Intuit itself, and not from an import that nobody has proved yet. */
export async function isProved(
  { id, rejection, lastRefresh }: ConnectionFacts,
  memory: Pick<ImportMemory, "findArrival">,
): Promise<boolean> {
  if (rejection !== null) return false;
  if (lastRefresh?.outcome === "ok") return true;
  const arrival = await memory.findArrival(id);
  return arrival !== undefined && arrival !== "imported";
}
