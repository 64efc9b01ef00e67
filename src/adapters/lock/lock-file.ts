import {
  fstatSync,
  openSync,
  closeSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import type { Instant } from "../../core/instant.ts";
import { linkIfFree, removeIfPresent } from "../durable-file/durable-file.ts";
import { unless } from "../durable-file/file-failure.ts";
import { decodeLockRecord, encodeLockRecord } from "./lock-record.ts";
import type { LockRecord } from "./lock-record.ts";

/*
 * The file protocol of a lock. No step of it waits.
 *
 * Whoever first gives its record the lock's name holds the lock. To take it from a holder that is gone, a process must
 * first win the *succession* of that very holder: a file named after the holder's owner token, which only one process
 * can make. The winner makes sure that the lock still names the holder it judged, and puts its own record in its place.
 * Should the winner die in between, the succession of the winner is open, and so on: the last of this line of heirs is
 * the one to judge. While the lock names the same holder the line only grows, so it never has two ends, and since owner
 * tokens are used once, a process that looked long ago cannot take what somebody else holds today.
 */

/** A record as it was found in a file. */
export interface Sighting {
  /** The owner token; for a torn file a name that tells it from any other. */
  owner: string;
  /** Undefined for a torn file. */
  record: LockRecord | undefined;
  /** The last sign of life. */
  touchedAt: Instant;
}

/** The one who has the say over a lock, and how that was found. */
interface Succession {
  /** The holder that the lock's file names. */
  named: Sighting;
  /** The last heir, or the named holder when it has none. */
  last: Sighting;
  /** The files that make the heirs, first to last. */
  files: string[];
}

/** `holder` is who had the lock a moment ago; undefined when it was given back at that moment. */
type Attempt = { taken: true } | { taken: false; holder: Sighting | undefined };

export interface LockFile {
  /** Takes the lock if it is free or the one who has it is judged to be gone. */
  tryTake(isGone: (holder: Sighting) => boolean): Attempt;
  /** Whether the lock is still this process's: its file says so and nobody has won its succession. */
  isMine(): boolean;
  /** Gives a sign of life. */
  touch(): void;
  /** Gives the lock back; somebody else's stays. */
  release(): void;
  /** Removes what only waiting needs; to be called when the wait is over, however it ended. */
  endWait: () => void;
}

export interface LockFileOptions {
  path: string;
  record: LockRecord;
  now: () => Instant;
}

/** The lock that lies at `path`, for the process of `record`. Failures of the file system come out as they are. */
export function openLockFile({ path, record, now }: LockFileOptions): LockFile {
  const candidate = `${path}.${record.owner}.tmp`;
  writeWhole(candidate, encodeLockRecord(record));

  const touch = (file: string) => utimesSync(file, now() / 1000, now() / 1000);
  const locateHeir = (owner: string) => `${path}.${owner}.heir`;
  const names = (owner: string) => see(path)?.owner === owner;

  const isMine = () =>
    names(record.owner) && statSync(locateHeir(record.owner), { throwIfNoEntry: false }) === undefined;

  const takeFree = () => {
    touch(candidate);
    // A network file system may do what it was asked and lose the answer, so the file has the last word.
    return linkIfFree(candidate, path) || names(record.owner);
  };

  const succeed = ({ named, last, files }: Succession): boolean => {
    const heir = locateHeir(last.owner);
    touch(candidate);
    if (!linkIfFree(candidate, heir)) return false;
    try {
      if (!names(named.owner)) return false;
      renameSync(candidate, path);
      files.forEach(removeIfPresent);
      return true;
    } finally {
      removeIfPresent(heir);
    }
  };

  const findSuccession = (): Succession | undefined => {
    const named = see(path);
    if (named === undefined) return undefined;
    const files: string[] = [];
    let last = named;
    for (;;) {
      const file = locateHeir(last.owner);
      const heir = see(file);
      // A file made by nobody here could lead back to itself.
      if (heir === undefined || files.includes(file)) return { named, last, files };
      files.push(file);
      last = heir;
    }
  };

  return {
    tryTake(isGone) {
      if (takeFree()) return { taken: true };
      const succession = findSuccession();
      if (succession === undefined) return { taken: false, holder: undefined };
      return isGone(succession.last) && succeed(succession)
        ? { taken: true }
        : { taken: false, holder: succession.last };
    },
    isMine,
    touch: () => touch(path),
    release() {
      if (isMine()) unlinkSync(path);
    },
    endWait: () => void removeIfPresent(candidate),
  };
}

function writeWhole(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: "wx", mode: 0o600 });
  } catch (error) {
    removeIfPresent(path);
    throw error;
  }
}

function see(path: string): Sighting | undefined {
  const descriptor = unless(["ENOENT"], () => openSync(path, "r"));
  if (descriptor === undefined) return undefined;
  try {
    const { mtimeMs, ino } = fstatSync(descriptor);
    const record = decodeLockRecord(readFileSync(descriptor, "utf8"));
    return { owner: record?.owner ?? `torn-${ino}-${Math.floor(mtimeMs)}`, record, touchedAt: mtimeMs };
  } finally {
    closeSync(descriptor);
  }
}
