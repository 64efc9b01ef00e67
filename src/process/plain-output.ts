import { fstatSync, writeSync } from "node:fs";

/** Whether a descriptor is a file or a pipe. A terminal is more: it has a size and colours. */
export function isPlainOutput(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFile() || stat.isFIFO() || stat.isSocket();
  } catch {
    // A Windows service may have none. Its stream knows what to do then.
    return false;
  }
}

/**
 * Writes to a file or a pipe, waiting for its reader if need be. Answers what is left when whoever opened it set it to refuse rather than to
 * wait. Throws what the system says: EPIPE when nobody reads any more, ENOSPC when the disk is full.
 */
export function writeAtOnce(descriptor: number, text: string | Uint8Array): Buffer | undefined {
  let left: Buffer = Buffer.from(text);
  try {
    while (left.length > 0) left = left.subarray(writeSync(descriptor, left));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return left;
    throw error;
  }
  return undefined;
}
