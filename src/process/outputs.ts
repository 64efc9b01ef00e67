import { withFile } from "../adapters/durable-file/file-failure.ts";
import type { TextStream } from "../cli/run.ts";
import { redact } from "../core/redaction.ts";
import { measurePlainOutput, writeAtOnce } from "./plain-output.ts";

/**
 * Opens stdout for the answer. A closed pipe (`qbo status | head -1`) is no error: what is left to write has no reader, and work that is under
 * way is finished all the same, because a refresh that ends half-way costs a connection. Any other failure is told by `settle`.
 */
export function openStdout(): TextStream {
  const failures = keepFirst();
  const size = measurePlainOutput(1);
  return size > 0 ? openPlainStdout(size, failures) : openStdoutStream(failures);
}

/**
 * Node's streams take a script that asks for a token longer to load than the token takes to find, so they wait until they are needed: behind so
 * many bytes.
 */
function openPlainStdout(size: number, failures: Failures): TextStream {
  let isClosed = false;
  let left = size;
  let stream: NodeJS.WriteStream | undefined;
  const writeToStream = (bytes: Uint8Array) => {
    stream ??= process.stdout.on("error", failures.keep);
    stream.write(bytes, failures.keep);
  };
  return {
    write(text) {
      if (isClosed) return;
      const bytes = Buffer.from(text);
      left -= bytes.length;
      if (stream || left < 0) return writeToStream(bytes);
      try {
        const refused = writeAtOnce(1, bytes);
        if (refused) writeToStream(refused);
      } catch (error) {
        isClosed = true;
        failures.keep(error);
      }
    },
    async settle() {
      if (stream) await drain(stream);
      failures.tell();
    },
  };
}

function openStdoutStream(failures: Failures): TextStream {
  const stdout = process.stdout.on("error", failures.keep);
  return {
    isTTY: stdout.isTTY,
    // Asked for each time: a window can change its size.
    get columns() {
      return stdout.columns;
    },
    get rows() {
      return stdout.rows;
    },
    write: (text) => stdout.write(text, failures.keep),
    async settle() {
      await drain(stdout);
      failures.tell();
    },
  };
}

function drain(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}

interface Failures {
  keep(this: void, error: unknown): void;
  /** Throws FILES_UNAVAILABLE if there was one. */
  tell(): void;
}

function keepFirst(): Failures {
  let first: unknown;
  return {
    keep(error) {
      const isGone =
        error instanceof Error && "code" in error && (error.code === "EPIPE" || error.code === "ECONNRESET");
      if (!isGone) first ??= error;
    },
    tell() {
      withFile("The output", () => {
        if (first) throw first;
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
