import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync, type Stats } from "node:fs";
import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";

/** What a file must be before its text is believed. */
export interface Guard {
  /** Bytes. */
  limit: number;
  /** The users whose file is trusted, and null where the system has no such numbers (Windows). Absent: anybody's. */
  owners?: readonly number[] | null;
}

/** `distrusted` is a file that is there and must not be believed; why, in half a sentence. */
export type GuardedText = { kind: "none" } | { kind: "text"; text: string } | { kind: "distrusted"; reason: string };

/**
 * Reads a file that others may have put there: never waits for a pipe, follows no symbolic link of others, and judges the
 * very file that it reads.
 * @throws CONFIG_INVALID when it cannot be read, or is larger than allowed.
 */
export function readGuarded(path: string, guard: Guard): GuardedText {
  try {
    const seen = (guard.owners === undefined ? statSync : lstatSync)(path, { throwIfNoEntry: false });
    if (seen === undefined) return { kind: "none" };
    const reason = findFault(seen, guard);
    if (reason !== undefined) return distrust(path, guard, reason);
    const noFollow = guard.owners === undefined ? 0 : (constants.O_NOFOLLOW ?? 0);
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | noFollow);
    try {
      const fault = findFault(fstatSync(file), guard);
      return fault === undefined
        ? { kind: "text", text: readUpTo(file, path, guard.limit) }
        : distrust(path, guard, fault);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    if (cause instanceof QboError) throw cause;
    throw explainUnreadable(path, cause);
  }
}

function findFault(found: Stats, { owners }: Guard): string | undefined {
  if (found.isSymbolicLink()) return "it is a symbolic link";
  if (!found.isFile()) return "it is not an ordinary file";
  if (owners === undefined || owners === null) return undefined;
  if (!owners.includes(found.uid)) return `it belongs to another user (number ${found.uid})`;
  return (found.mode & 0o002) === 0 ? undefined : "everybody on this machine can write to it";
}

/** A file of one's own that is none is a mistake to be told, and not to be passed over. */
function distrust(path: string, { owners }: Guard, reason: string): GuardedText {
  if (owners !== undefined) return { kind: "distrusted", reason };
  throw explainUnreadable(path, undefined, `: ${reason}`);
}

function readUpTo(file: number, path: string, limit: number): string {
  const buffer = Buffer.alloc(Math.min(fstatSync(file).size, limit) + 1);
  let length = 0;
  for (;;) {
    const read = readSync(file, buffer, length, buffer.length - length, null);
    length += read;
    if (length > limit) throw explainUnreadable(path, undefined, `: it is larger than ${limit / 1024} KiB`);
    // Editors and PowerShell on Windows begin a file with a byte order mark, which says nothing (RFC 8259, section 8.1).
    if (read === 0 || length === buffer.length) return buffer.toString("utf8", 0, length).replace(/^\uFEFF/, "");
  }
}

function explainUnreadable(path: string, cause: unknown, reason = ""): QboError {
  const shown = makePrintable(path);
  return new QboError("CONFIG_INVALID", `The configuration file ${shown} cannot be read${reason}.`, {
    hint: `Check the owner and the permissions of ${shown}, and that it is a file.`,
    cause,
  });
}
