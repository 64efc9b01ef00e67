import { formatConnectionId } from "../../../src/core/connection.ts";
import { minute } from "../../../src/core/instant.ts";
import type { JournalEvent } from "../../../src/core/journal-event.ts";

/** Events of a journal for tests: each a minute after the one before. */

export const began = Date.parse("2026-11-01T10:00:00Z");
export const acme = formatConnectionId({ environment: "emulator", clientId: "client", realmId: "1" });
export const other = (realmId: string) => formatConnectionId({ environment: "emulator", clientId: "client", realmId });

export type Line = Partial<JournalEvent> & Pick<JournalEvent, "event">;

export function writeEvents(...lines: Line[]): JournalEvent[] {
  const blank = { outcome: null, tokenBefore: null, tokenAfter: null, intuitTid: null, detail: null };
  return lines.map((line, index) => ({
    ...blank,
    at: began + index * minute,
    connection: acme,
    host: "here",
    pid: 7,
    ...line,
  }));
}

export const rejected = (tokenBefore: string, changes: Partial<JournalEvent> = {}): Line => ({
  event: "refresh-rejected",
  outcome: "rejected",
  tokenBefore,
  ...changes,
});

export const refreshed = (tokenBefore: string, tokenAfter: string, changes: Partial<JournalEvent> = {}): Line => ({
  event: "refreshed",
  outcome: "ok",
  tokenBefore,
  tokenAfter,
  ...changes,
});

export const exchanged = (code: string, outcome: string, changes: Partial<JournalEvent> = {}): Line => ({
  event: "code-exchanged",
  outcome,
  tokenBefore: code,
  ...changes,
});
