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
  { name }: Pick<ConnectionFacts, "name">,
  work: () => Promise<unknown>,
): Promise<void> {
  await settleOr(world, work, (error) => `What happened to ${name} could not be noted: ${error.message}`);
}

/** As `settle`, where `explain` says what its failure means. */
export async function settleOr(
  world: Pick<World, "notices">,
  work: () => Promise<unknown>,
  explain: (error: QboError) => string,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof QboError)) throw error;
    world.notices.warn(explain(error));
  }
}
