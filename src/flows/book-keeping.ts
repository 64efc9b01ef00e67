import type { ConnectionFacts } from "../core/connection.ts";
import { QboError } from "../core/errors.ts";
import type { JournalEvent } from "../core/journal-event.ts";
import type { World } from "../core/world.ts";

/** What the caller knows of an event; the rest is filled in. */
export type JournalEntry = Partial<Omit<JournalEvent, "at" | "host" | "pid" | "connection">> &
  Pick<JournalEvent, "event">;

/** Notes an event in a connection's life in the journal. */
export async function recordEvent(
  world: Pick<World, "journal">,
  connection: string | null,
  entry: JournalEntry,
): Promise<void> {
  const blank = { outcome: null, tokenBefore: null, tokenAfter: null, intuitTid: null, detail: null };
  await world.journal.append({ ...blank, ...entry, connection });
}

/** Does book-keeping after the fact. Its failure is told, and turns neither a success nor another failure into something else. */
export async function settle(
  world: Pick<World, "notices">,
  facts: Pick<ConnectionFacts, "name">,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof QboError)) throw error;
    world.notices.warn(`What happened to ${facts.name} could not be noted: ${error.message}`);
  }
}
