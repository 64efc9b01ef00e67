import { fstatSync, writeSync } from "node:fs";

/** Bytes that every pipe takes while nobody reads yet. */
const leastPipe = 8 * 1024;

/**
 * How many bytes may be written to a descriptor without a stream: to a file any number, to a pipe so many that nobody waits for its reader, for
 * meanwhile this program would hear neither an answer of Intuit nor a signal. None to a terminal, which is more: it has a size and colours.
 */
export function measurePlainOutput(descriptor: number): number {
  try {
    const stat = fstatSync(descriptor);
    if (stat.isFile()) return Infinity;
    return stat.isFIFO() || stat.isSocket() ? leastPipe : 0;
  } catch {
    // A Windows service may have none. Its stream knows what to do then.
    return 0;
  }
}

/**
 * Writes to a file or a pipe, waiting for its reader if one is behind. Answers what is left when whoever opened it set it to refuse rather than to
 * wait. Throws what the system says: EPIPE when nobody reads any more, ENOSPC when the disk is full.
 */
export function writeAtOnce(descriptor: number, text: string | Uint8Array): Uint8Array | undefined {
  let left = typeof text === "string" ? Buffer.from(text) : text;
  try {
    while (left.length > 0) left = left.subarray(writeSync(descriptor, left));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return left;
    throw error;
  }
  return undefined;
}
