import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
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
 * A file that the user named, as text. Throws USAGE when it cannot be read, is larger than 1 MiB or is no text in UTF-8. It is not asked for its
 * size: a device or a pipe has none, and may never end.
 */
export async function readNamedFile(path: string): Promise<string> {
  const shown = makePrintable(path, 200);
  try {
    return await collect(createReadStream(path), shown, `${shown} is larger than 1 MiB.`);
  } catch (cause) {
    if (cause instanceof QboError) throw cause;
    throw new QboError("USAGE", `${shown} cannot be read.`, { hint: "Check the path and the permissions.", cause });
  }
}
