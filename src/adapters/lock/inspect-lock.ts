import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { second, type Instant } from "../../core/instant.ts";
import type { LockFinding } from "../../core/machine.ts";
import { unless, withFile } from "../durable-file/file-failure.ts";
import { decodeLockRecord, describeHolder, nameLockFile, type LockRecord } from "./lock-record.ts";
import { isProcessAlive, readProcessSpace } from "./process-life.ts";

/** Without a sign of life for so long, a holder elsewhere counts as gone. */
const staleAfter = 90 * second;

export interface LockInspection {
  /** The folder of the lock files. */
  folder: string;
  host: string;
  now: Instant;
}

/** The lock of this name as it lies on disk, judged as a waiter would; `undefined` when it is free. Nothing is taken. */
export function inspectLock(name: string, { folder, host, now }: LockInspection): LockFinding | undefined {
  const path = join(folder, nameLockFile(name));
  const seen = withFile(path, () =>
    unless(["ENOENT"], () => ({ text: readFileSync(path, "utf8"), touchedAt: statSync(path).mtimeMs })),
  );
  if (seen === undefined) return undefined;
  const record = decodeLockRecord(seen.text);
  return {
    holder: describeHolder(record),
    isAbandoned: hasEnded(record, host) || now - seen.touchedAt > staleAfter,
    since: record?.since ?? null,
  };
}

/** Process IDs mean something only on the machine, and in the container, that gave them. */
function hasEnded(record: LockRecord | undefined, host: string): boolean {
  return record?.host === host && record.space === readProcessSpace() && !isProcessAlive(record);
}
