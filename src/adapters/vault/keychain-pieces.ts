import { randomBytes } from "node:crypto";
import { QboError } from "../../core/errors.ts";

/** One entry of the keychain: a whole value, or a part of one that was too long for one entry. */
export interface Piece {
  /** Counted from 1. */
  number: number;
  count: number;
  /** The same in all pieces of one write, and in no others; empty for a value that was stored as it is. */
  tag: string;
  body: string;
}

const marker = "qbo-piece ";
const header = /^qbo-piece (\d\d)\/(\d\d) ([0-9a-f]{16})\n/;
const headerBytes = Buffer.byteLength(`${marker}01/01 0123456789abcdef\n`);
/** What the two digits of the header can count. */
export const mostPieces = 99;

/**
 * The entries that hold `value`, each of at most `maxBytes` bytes of UTF-8. A value that fits is kept as it is. Otherwise
 * the first piece holds at least the first line, with its line end. Throws UNEXPECTED when that is impossible.
 */
export function splitIntoPieces(value: string, maxBytes: number): string[] {
  const isWhole = Buffer.byteLength(value) <= maxBytes && !value.startsWith(marker);
  if (isWhole) return [value];
  const bodies = cutText(value, maxBytes - headerBytes);
  const isHeadUsable = bodies.length === 1 || bodies[0]?.includes("\n") === true;
  if (!isHeadUsable || bodies.length > mostPieces) {
    throw new QboError("UNEXPECTED", "A value is too long for one entry of the keychain and cannot be split.");
  }
  const tag = randomBytes(8).toString("hex");
  return bodies.map((body, index) => `${marker}${pad(index + 1)}/${pad(bodies.length)} ${tag}\n${body}`);
}

/** Reads an entry. Throws STORE_CORRUPT for one that nobody could have written. */
export function parsePiece(entry: string): Piece {
  if (!entry.startsWith(marker)) return { number: 1, count: 1, tag: "", body: entry };
  const match = header.exec(entry);
  if (match === null)
    throw new QboError("STORE_CORRUPT", "An entry of the keychain is damaged.", { hint: signInAgain });
  const [start, number, count, tag = ""] = match;
  return { number: Number(number), count: Number(count), tag, body: entry.slice(start.length) };
}

/** The value, when `pieces` are exactly those of one write in their order; `undefined` otherwise. */
export function joinPieces(pieces: readonly (Piece | undefined)[]): string | undefined {
  const [head] = pieces;
  const belongTogether = pieces.every(
    (piece, index) => piece?.number === index + 1 && piece.count === pieces.length && piece.tag === head?.tag,
  );
  return belongTogether ? pieces.map((piece) => piece?.body).join("") : undefined;
}

/** What a torn write left for certain: the lines of the first piece that are whole, without the last line end. Throws STORE_CORRUPT. */
export function readWholeLines(head: Piece): string {
  const end = head.body.lastIndexOf("\n");
  if (end <= 0) throw new QboError("STORE_CORRUPT", "An entry of the keychain is incomplete.", { hint: signInAgain });
  return head.body.slice(0, end);
}

export const signInAgain = "Sign in again with `qbo login <connection>`; `qbo status` lists the connections.";

function pad(number: number): string {
  return String(number).padStart(2, "0");
}

/** Parts of at most `maxBytes` bytes, none of which ends inside a character. */
function cutText(text: string, maxBytes: number): string[] {
  const bytes = Buffer.from(text);
  const parts: string[] = [];
  for (let start = 0; start < bytes.length;) {
    let end = Math.min(start + maxBytes, bytes.length);
    while (isInsideCharacter(bytes[end])) end -= 1;
    if (end <= start) throw new QboError("UNEXPECTED", "An entry of the keychain is too small for a single character.");
    parts.push(bytes.toString("utf8", start, end));
    start = end;
  }
  return parts;
}

/** UTF-8 marks every byte of a character but its first with the bits 10 (RFC 3629, section 3). */
function isInsideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
