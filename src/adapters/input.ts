import { isUtf8 } from "node:buffer";
import { closeSync, constants, createReadStream, openSync, statSync, writeSync } from "node:fs";
import type { Readable } from "node:stream";
import { QboError } from "../core/errors.ts";
import { makePrintable } from "../core/printable.ts";

const mostBytes = 1024 * 1024;

/**
 * All of stdin as text. Throws USAGE when it is more than 1 MiB, no UTF-8, or a terminal that nobody was told to type at, CANCELLED as soon as
 * `interruption` is aborted: whoever writes to a pipe may never end.
 */
export async function readAllOfStdin(
  stdin: Readable & { isTTY?: boolean },
  interruption: AbortSignal,
): Promise<string> {
  if (stdin.isTTY)
    throw new QboError("USAGE", "Nothing is on stdin: it is the terminal.", {
      hint: "Redirect a file or a pipe into the command: … < file",
    });
  const cancel = () => stdin.destroy(new QboError("CANCELLED", "Interrupted while reading stdin."));
  if (interruption.aborted) cancel();
  interruption.addEventListener("abort", cancel, { once: true });
  try {
    return await collect(stdin, "stdin", "stdin holds more than 1 MiB.");
  } finally {
    interruption.removeEventListener("abort", cancel);
  }
}

async function collect(source: Readable, name: string, complaint: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > mostBytes) throw new QboError("USAGE", complaint, { hint: "Give less at a time." });
    chunks.push(bytes);
  }
  return decode(Buffer.concat(chunks), name);
}

/** Other bytes would be replaced without a word, and what is sent on would be something else. */
function decode(bytes: Buffer, name: string): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw new QboError("USAGE", `${name} is no text in UTF-8.`, { hint: "Convert it first: iconv -f … -t utf-8" });
}

/**
 * A file that the user named, as text. Throws USAGE when it cannot be read, is larger than 1 MiB or is no text in UTF-8, CANCELLED as soon as
 * `interruption` is aborted. It is not asked for its size: a device or a pipe has none, and may never end.
 */
export async function readNamedFile(path: string, interruption: AbortSignal): Promise<string> {
  const shown = makePrintable(path, 200);
  const cancelled = () => new QboError("CANCELLED", `Interrupted while reading ${shown}.`);
  if (interruption.aborted) throw cancelled();
  const source = createReadStream(path);
  const cancel = () => {
    source.destroy(cancelled());
    wakeUp(source, path, mostWakings);
  };
  interruption.addEventListener("abort", cancel, { once: true });
  try {
    return await collect(source, shown, `${shown} is larger than 1 MiB.`);
  } catch (cause) {
    if (cause instanceof QboError) throw cause;
    throw new QboError("USAGE", `${shown} cannot be read.`, { hint: "Check the path and the permissions.", cause });
  } finally {
    interruption.removeEventListener("abort", cancel);
  }
}

/** The thread that is to open or read a pipe may be on its way there yet. */
const mostWakings = 1000;

/**
 * A thread that waits at a pipe, to which nobody writes or which nobody opened for that, holds up even the end of the process. A byte
 * from here, which nobody reads any more, lets it go on.
 */
function wakeUp(source: Readable, path: string, attempts: number): void {
  if (source.closed || attempts === 0) return;
  try {
    if (!statSync(path).isFIFO()) return;
    const pipe = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      writeSync(pipe, "\n");
    } finally {
      closeSync(pipe);
    }
  } catch {
    // Nobody waits there, or not yet; or this end of it is not ours.
  }
  setImmediate(() => wakeUp(source, path, attempts - 1));
}
