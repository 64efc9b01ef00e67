import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import type { Stats } from "node:fs";
import { QboError } from "../../core/errors.ts";
import { findSystemCode, toFileError } from "./file-failure.ts";

const mostBytes = 1024 * 1024;
// A symbolic link is not followed, and a pipe does not make the reader wait. Windows knows neither flag.
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * The text of one of the store's files, read synchronously because that is fastest; `undefined` when there is none.
 * Throws STORE_UNAVAILABLE when it cannot be read, STORE_CORRUPT when it is no plain file of a sensible size.
 */
export function readSmallFile(path: string): string | undefined {
  return readWhen(path, () => undefined);
}

/**
 * As `readSmallFile`, for a file whose content is a secret as it stands. Throws STORE_UNAVAILABLE when others may read
 * it: it is intact, and one command makes it usable again, but somebody has to notice that it lay open.
 */
export function readPrivateFile(path: string): string | undefined {
  return readWhen(path, (stats) => assertPrivate(path, stats));
}

function readWhen(path: string, check: (stats: Stats) => void): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, flags);
  } catch (error) {
    if (findSystemCode(error) === "ENOENT") return undefined;
    throw findSystemCode(error) === "ELOOP" ? notPlain(path) : toFileError(error, "read", path);
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > mostBytes) throw notPlain(path);
    check(stats);
    return readFileSync(descriptor, "utf8");
  } catch (error) {
    throw toFileError(error, "read", path);
  } finally {
    closeSync(descriptor);
  }
}

function notPlain(path: string): QboError {
  return new QboError("STORE_CORRUPT", `The store's ${path} is not a plain file that qbo wrote.`, {
    hint: `See what it is with \`ls -l '${path}'\`, move it away, and sign in again with \`qbo login <connection>\`.`,
  });
}

/** Modes say nothing on Windows, where the folder's access list protects the file. */
function assertPrivate(path: string, stats: Stats): void {
  const user = process.getuid?.();
  if (user === undefined) return;
  if ((stats.mode & 0o077) !== 0) {
    throw new QboError(
      "STORE_UNAVAILABLE",
      `Other users of this machine may read the key file ${path}, so it is not used.`,
      {
        hint: `Run \`chmod 600 '${path}'\`; where the mode cannot be kept, seal with QBO_STORE_KEY instead (\`qbo store keygen\`).`,
      },
    );
  }
  if (user !== 0 && stats.uid !== user) {
    throw new QboError("STORE_UNAVAILABLE", `The key file ${path} belongs to another user, so it is not used.`, {
      hint: `Run qbo as that user, or make the file yours: \`sudo chown "$USER" '${path}'\`.`,
    });
  }
}
