import { closeSync, fstatSync, openSync, promises, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { QboError } from "../core/errors.ts";
import { minute } from "../core/instant.ts";
import { decodeJournalLine, encodeJournalLine } from "../core/journal-line.ts";
import { fitsQuery, pickEvents } from "../core/journal-query.ts";
import { groupWork } from "../core/group-work.ts";
import type { Clock } from "../core/ports.ts";
import type { JournalEvent } from "../core/journal-event.ts";
import type { Journal } from "../core/store-ports.ts";
import { ensureFolder, removeIfPresent, syncFolder } from "./durable-file/durable-file.ts";
import { unless, withFile, withFileAsync } from "./durable-file/file-failure.ts";

const defaultMaxBytes = 4 * 1024 * 1024;
/** Rotated files that are kept: `journal.1.jsonl`, the youngest, to `journal.4.jsonl`. */
const rotatedFiles = 4;
const longestRotation = minute;

export interface JournalOptions {
  /** The folder of the journal's files; made, for its owner alone, with the first event. */
  folder: string;
  clock: Pick<Clock, "now">;
  host: string;
  pid: number;
  /** Bytes from which on the file is put aside and a new one begun. */
  maxBytes?: number;
}

/**
 * The journal in files of one JSON line per event. Any number of processes may append at once: what one of them has to tell at a time is one
 * write to the end of the file. Throws FILES_UNAVAILABLE when the file system fails; nothing that stands in the files throws.
 */
export function createJournal(options: JournalOptions): Journal {
  const { folder, clock, host, pid, maxBytes = defaultMaxBytes } = options;
  const current = locate(folder, 0);
  // Of many refreshes at a time each would wait for the disk twice.
  const append = groupWork((lines: readonly string[]) =>
    withFileAsync(current, async () => {
      ensureFolder(folder);
      if (isFull(current, maxBytes)) rotate(folder, maxBytes, clock);
      await appendText(current, lines.join(""));
    }),
  );
  return {
    append: (event) => append(encodeJournalLine({ ...event, at: clock.now(), host, pid })),
    async read(...queries) {
      return pickEvents(readFiles(folder).flatMap(parseLines), queries);
    },
    async count(query) {
      return readFiles(folder)
        .flatMap(parseLines)
        .filter((event) => fitsQuery(event, query)).length;
    },
    async forget(connection) {
      for (let age = 0; age <= rotatedFiles; age += 1) {
        const path = locate(folder, age);
        await withFileAsync(path, () => blankOut(path, connection));
      }
    },
  };
}

function locate(folder: string, age: number): string {
  return join(folder, age === 0 ? "journal.jsonl" : `journal.${age}.jsonl`);
}

/**
 * Writes blanks over the lines about a connection. The file keeps its length, so that other processes can go on appending
 * to it meanwhile; readers take a blank line for none.
 */
async function blankOut(path: string, connection: string): Promise<void> {
  const text = unless(["ENOENT"], () => readFileSync(path));
  if (text === undefined) return;
  const handle = await promises.open(path, "r+");
  try {
    for (const { start, end } of listLines(text)) {
      const line = text.subarray(start, end).toString("utf8");
      if (decodeJournalLine(line)?.connection !== connection) continue;
      await handle.write(Buffer.alloc(end - start, " "), 0, end - start, start);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function listLines(text: Buffer): { start: number; end: number }[] {
  const lines: { start: number; end: number }[] = [];
  for (let start = 0, end = text.indexOf(0x0a); end !== -1; start = end + 1, end = text.indexOf(0x0a, start)) {
    lines.push({ start, end });
  }
  return lines;
}

/** Lines, each with its end. */
async function appendText(path: string, text: string): Promise<void> {
  const handle = await promises.open(path, "a+", 0o600);
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.from((await endsTorn(handle, size)) ? `\n${text}` : text);
    const { bytesWritten } = await handle.write(bytes);
    // Writing the rest in a second step could land behind another process's line.
    if (bytesWritten < bytes.length) throw cutShort(path);
    await handle.sync();
    if (size === 0) await syncFolder(dirname(path));
  } finally {
    await handle.close();
  }
}

/** Whether the last line lacks its end, because whoever wrote it was interrupted. */
async function endsTorn(handle: promises.FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}

function cutShort(path: string): QboError {
  return new QboError("FILES_UNAVAILABLE", `${path} took only a part of an event: the disk is full.`, {
    hint: "Free some space, then run the command again.",
  });
}

function isFull(path: string, maxBytes: number): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= maxBytes;
}

/**
 * Puts the current file aside, and each older one a place further; the oldest is given up. One process at a time does
 * it; the others go on appending meanwhile, to whichever file they have open.
 */
function rotate(folder: string, maxBytes: number, clock: Pick<Clock, "now">): void {
  const guard = join(folder, "journal.rotating");
  if (unless(["EEXIST"], () => (writeFileSync(guard, "", { flag: "wx", mode: 0o600 }), true)) === undefined) {
    giveUpAbandoned(guard, clock);
    return;
  }
  try {
    // Another process may have finished a rotation between the look at the size and the guard.
    if (!isFull(locate(folder, 0), maxBytes)) return;
    for (let age = rotatedFiles; age >= 1; age -= 1) {
      if (!moveAside(locate(folder, age - 1), locate(folder, age))) return;
    }
  } finally {
    removeIfPresent(guard);
  }
}

/**
 * Answers whether the way is free for the next younger file. A file that must stay (open elsewhere, on Windows) ends the
 * rotation, which is tried again with the next event.
 */
function moveAside(from: string, to: string): boolean {
  return unless(["EBUSY", "EPERM", "EACCES"], () => (unless(["ENOENT"], () => renameSync(from, to)), true)) ?? false;
}

/** Removes the guard of a process that died while it rotated; the next event rotates. */
function giveUpAbandoned(guard: string, clock: Pick<Clock, "now">): void {
  const madeAt = statSync(guard, { throwIfNoEntry: false })?.mtimeMs;
  if (madeAt !== undefined && clock.now() - madeAt > longestRotation) removeIfPresent(guard);
}

/**
 * The files' texts, oldest first. They are read in the other direction: a rotation meanwhile then shows a file twice,
 * which its inode tells, and never hides one.
 */
function readFiles(folder: string): string[] {
  const seen = new Set<bigint>();
  const texts: string[] = [];
  for (let age = 0; age <= rotatedFiles; age += 1) {
    const path = locate(folder, age);
    const file = withFile(path, () => unless(["ENOENT"], () => readWithInode(path)));
    if (file === undefined || seen.has(file.inode)) continue;
    seen.add(file.inode);
    texts.unshift(file.text);
  }
  return texts;
}

function readWithInode(path: string): { inode: bigint; text: string } {
  const descriptor = openSync(path, "r");
  try {
    return { inode: fstatSync(descriptor, { bigint: true }).ino, text: readFileSync(descriptor, "utf8") };
  } finally {
    closeSync(descriptor);
  }
}

function parseLines(text: string): JournalEvent[] {
  return text.split("\n").flatMap((line) => (line === "" ? [] : (decodeJournalLine(line) ?? [])));
}
