import type { Instant } from "../../core/instant.ts";
import type { EventQuery } from "../../core/journal-query.ts";
import type { JournalEvent } from "../../core/journal-event.ts";
import type { Journal } from "../../core/store-ports.ts";
import { wave } from "./lineage.ts";
import { findLastRejection } from "./journal-answers.ts";

/** Sign-ins of all connections: what happens between consent and tokens is noted before the company is known. */
const signIns: EventQuery = { events: ["login-started", "code-received", "code-exchanged"], limit: 3000 };
/** The latest words of the token endpoint about a client, or about all. */
const lastAnswers: EventQuery = { events: ["refreshed", "refresh-rejected", "code-exchanged"], limit: 200 };
/** What tells whether others were rejected at the same time. */
const others: EventQuery = { events: ["refreshed", "refresh-rejected"], limit: 1000 };
/** From so many connections on, one look at the latest of everything costs less than one look for each. */
const many = 50;
const latestOfEverything: EventQuery = { limit: 200_000 };

/** Connections that a diagnosis is about; none on a machine that is being set up. */
export type Subjects = readonly { id: string; clientId: string }[];

/**
 * What of the journal a diagnosis looks at, the oldest first: a journal may hold the lives of thousands, and lie far away. `now`: when they
 * are being rejected at this moment.
 */
export async function readEvidence(journal: Journal, subjects: Subjects, now?: Instant): Promise<JournalEvent[]> {
  if (subjects.length > many) return journal.read(latestOfEverything);
  const clients = new Set(subjects.map(({ clientId }) => clientId));
  const answers = [...clients].map((clientId) => ({ ...lastAnswers, clientIds: [clientId] }));
  const own = subjects.map(({ id }) => ({ connection: id }));
  const readWith = (moments: readonly Instant[]) =>
    journal.read(signIns, ...(answers.length === 0 ? [lastAnswers] : answers), ...own, ...moments.map(around));
  if (now !== undefined) return readWith([now]);
  const events = await readWith([]);
  const moments = subjects.flatMap(({ id }) => findLastRejection(events, id)?.at ?? []);
  return moments.length === 0 ? events : readWith(moments);
}

function around(at: Instant): EventQuery {
  return { ...others, since: at - wave.within, until: at + wave.within };
}
