import { QboError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";

const keyPattern = /^[\u0021-\u007e]{1,500}$/;

/** Throws UNEXPECTED for a key that is no path of printable ASCII without spaces: whoever made it up is wrong, not the user. */
export function assertKey(key: string): void {
  if (!keyPattern.test(key)) throw new QboError("UNEXPECTED", "A store was asked for a key that no store can hold.");
}

/**
 * Throws UNEXPECTED for a value that some store would lose or change: an empty one, one with NUL (the keychains of
 * Linux and macOS cut there), one that is no valid Unicode text.
 */
export function assertStorable(key: string, value: Secret): void {
  assertKey(key);
  const text = value.reveal();
  if (text === "") throw new QboError("UNEXPECTED", "An empty value cannot be stored.");
  if (text.includes("\0")) throw new QboError("UNEXPECTED", "A value with a NUL character cannot be stored.");
  if (Buffer.from(text).toString() !== text) {
    throw new QboError("UNEXPECTED", "A value that is not valid Unicode text cannot be stored.");
  }
}
