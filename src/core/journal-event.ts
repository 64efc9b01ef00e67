import type { Instant } from "./instant.ts";

export const journalEventNames = [
  "login-started",
  "code-received",
  "code-exchanged",
  "refresh-started",
  "refreshed",
  "refresh-rejected",
  "refresh-unconfirmed",
  "revoked",
  "imported",
  "exported",
  "moved",
  "reconnect-required",
] as const;

/** The outcome of what was begun and then given up before anything was sent. */
export const notSent = "not-sent";

type JournalEventName = (typeof journalEventNames)[number];

/** One thing that happened in a token's life. Fingerprints stand for tokens; nothing in it is secret. */
export interface JournalEvent {
  at: Instant;
  /** `ConnectionId`; null before the company is known. */
  connection: string | null;
  event: JournalEventName;
  outcome: string | null;
  tokenBefore: string | null;
  tokenAfter: string | null;
  intuitTid: string | null;
  host: string;
  pid: number;
  detail: string | null;
}
