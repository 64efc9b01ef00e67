import { createHash } from "node:crypto";
import { formatInstant } from "../../core/instant.ts";
import type { Instant } from "../../core/instant.ts";
import { makePrintable } from "../../core/printable.ts";
import { readObject } from "../../core/record-fields.ts";

/** Who holds a lock. */
export interface LockRecord {
  /** Random and used once: it tells this holding from every other, and is part of a file's name. */
  owner: string;
  pid: number;
  host: string;
  /** `readProcessSpace` */
  space: string | null;
  /** `readProcessStart` */
  processStart: string | null;
  /** When its process began to wait for the lock. */
  since: Instant;
}

/** The text of a lock's file; `decodeLockRecord` reads it. */
export function encodeLockRecord(record: LockRecord): string {
  return `${JSON.stringify({ ...record, since: formatInstant(record.since) })}\n`;
}

/** The holder that a lock's file names; `undefined` for a torn or foreign file. */
export function decodeLockRecord(text: string): LockRecord | undefined {
  return readObject(text, (fields) => ({
    owner: fields.textThat("owner", isOwner, "an owner token"),
    pid: fields.count("pid"),
    host: fields.text("host"),
    space: fields.optionalText("space"),
    processStart: fields.optionalText("processStart"),
    since: fields.instant("since"),
  }));
}

/** The holder in words that fit after "waiting for". */
export function describeHolder(record: LockRecord | undefined): string {
  return record === undefined
    ? "an unknown process"
    : `process ${record.pid} on host ${makePrintable(record.host, 80)}`;
}

/** The file of the lock `name`: readable for people, unique also where file names do not tell cases apart. */
export function nameLockFile(name: string): string {
  const readable = name.replace(/[^A-Za-z0-9]+/g, "-").slice(0, 60);
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 16);
  return `${readable}-${digest}.lock`;
}

function isOwner(text: string): boolean {
  return /^[A-Za-z0-9_-]{8,64}$/.test(text);
}
