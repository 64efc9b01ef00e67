import { withFile } from "../adapters/durable-file.ts";
import type { TextStream } from "../cli/run.ts";
import { redact } from "../core/redaction.ts";

/**
 * Opens stdout for the answer. A closed pipe (`qbo status | head -1`) is no error: what is left to write has no reader, and work that is under
 * way is finished all the same, because a refresh that ends half-way costs a connection. Any other failure is told by `settle`.
 */
export function openStdout(): TextStream {
  const { stdout } = process;
  let failure: Error | undefined;
  const keep = (error: NodeJS.ErrnoException | null | undefined) => {
    if (error && error.code !== "EPIPE") failure ??= error;
  };
  stdout.on("error", keep);
  return {
    isTTY: stdout.isTTY,
    // Asked for each time: a window can change its size.
    get columns() {
      return stdout.columns;
    },
    get rows() {
      return stdout.rows;
    },
    write: (text) => stdout.write(text, keep),
    async settle() {
      await new Promise<void>((resolve) => stdout.write("", () => resolve()));
      withFile("The output", () => {
        if (failure) throw failure;
      });
    },
  };
}

/**
 * Opens stderr, once for all who ask. Whoever writes to it, no secret passes. A message that reaches nobody changes nothing about the
 * answer, or about what is under way.
 */
export function openStderr(): NodeJS.WriteStream {
  const stderr = process.stderr;
  if (Object.hasOwn(stderr, "write")) return stderr;
  stderr.on("error", () => undefined);
  const write = stderr.write.bind(stderr);
  stderr.write = (text: string | Uint8Array, ...rest: never[]) =>
    write(typeof text === "string" ? redact(text) : text, ...rest);
  return stderr;
}
