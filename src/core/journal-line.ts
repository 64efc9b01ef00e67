import { formatInstant } from "./instant.ts";
import { journalEventNames } from "./journal-event.ts";
import type { JournalEvent } from "./journal-event.ts";
import { makePrintable } from "./printable.ts";
import { redact } from "./redaction.ts";
import { readObject } from "./record-fields.ts";
import type { Fields } from "./record-fields.ts";

/** The event as one line of JSON, with its line end. Text of foreign origin is made printable and kept short. */
export function encodeJournalLine(event: JournalEvent): string {
  const line = {
    at: formatInstant(event.at),
    connection: tame(event.connection),
    event: event.event,
    outcome: tame(event.outcome),
    tokenBefore: tame(event.tokenBefore),
    tokenAfter: tame(event.tokenAfter),
    intuitTid: tame(event.intuitTid),
    host: makePrintable(event.host),
    pid: event.pid,
    detail: event.detail === null ? null : tame(redact(event.detail)),
  };
  return `${JSON.stringify(line)}\n`;
}

/** The event that a line tells of; `undefined` for a torn line and for anything else that is no event. */
export function decodeJournalLine(line: string): JournalEvent | undefined {
  return readObject(line, (fields) => ({
    at: fields.instant("at"),
    connection: readTame(fields, "connection"),
    event: readEventName(fields),
    outcome: readTame(fields, "outcome"),
    tokenBefore: readTame(fields, "tokenBefore"),
    tokenAfter: readTame(fields, "tokenAfter"),
    intuitTid: readTame(fields, "intuitTid"),
    host: makePrintable(fields.text("host")),
    pid: fields.count("pid"),
    detail: readTame(fields, "detail"),
  }));
}

function readEventName(fields: Fields): JournalEvent["event"] {
  const name = fields.text("event");
  return journalEventNames.find((known) => known === name) ?? fields.refuse("event", "a known event");
}

function readTame(fields: Fields, key: string): string | null {
  return tame(fields.optionalText(key));
}

function tame(text: string | null): string | null {
  return text === null ? null : makePrintable(text);
}
