import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join, sep } from "node:path";
import type { ConnectionFacts } from "../../core/connection.ts";
import { isConnectionName } from "../../core/connection-name.ts";
import { createFactsDecoder, type FactsDecoder } from "../../core/connection-record.ts";
import { identifyDamaged } from "../../core/damaged-identity.ts";
import { asQboError, hasCode, QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import type { DamagedFacts } from "../../core/store-ports.ts";
import { readIfPresent } from "../durable-file/durable-file.ts";
import { unless, withFile } from "../durable-file/file-failure.ts";

const extension = ".json";
/** Bytes that no record has, unless somebody wrote a book into it. */
const usualSize = 65_536;

/** How the records in a folder, `<folder>/<name>.json`, are read: synchronously, which is several times faster for a thousand small files. */
export interface RecordFiles {
  /** Where the record of that name lies, or would. */
  locate(this: void, name: string): string;
  /** `undefined` when there is none. Throws STORE_CORRUPT, FILES_UNAVAILABLE. */
  find(this: void, name: string): ConnectionFacts | undefined;
  /** What the text of that record says. Throws STORE_CORRUPT. */
  decode(this: void, text: string, name: string): ConnectionFacts;
  /** The names alone, damaged records' as `survey` gives them, in no order. Throws FILES_UNAVAILABLE. */
  names(this: void): string[];
  /** Every record, by name: those that can be read, and why the others cannot. Throws FILES_UNAVAILABLE. */
  survey(this: void): { facts: ConnectionFacts[]; damaged: DamagedFacts[] };
}

/** Reads nothing yet: the folder need not be there. */
export function openRecordFiles(folder: string): RecordFiles {
  // `join` would look at every character, for every one of thousands.
  const locate = (name: string) => `${folder}${sep}${name}${extension}`;
  const decoder = createFactsDecoder();
  const decode = (text: string, name: string) => decodeRecord(text, { path: locate(name), name, decoder });
  const load = (name: string, read: (path: string) => string | undefined) => {
    const path = locate(name);
    const text = withFile(path, () => read(path));
    return text === undefined ? undefined : decode(text, name);
  };
  return {
    locate,
    decode,
    find: (name) => (isConnectionName(name) ? load(name, readIfPresent) : undefined),
    names: () => listNames(folder).map((name) => makePrintable(name, 80)),
    survey() {
      const buffer = Buffer.allocUnsafeSlow(usualSize);
      const facts: ConnectionFacts[] = [];
      const damaged: DamagedFacts[] = [];
      for (const name of listNames(folder).toSorted()) {
        try {
          if (!isConnectionName(name)) throw explainStray(join(folder, `${name}${extension}`));
          const found = load(name, (path) => readIfPresentInto(buffer, path));
          if (found) facts.push(found);
        } catch (error) {
          if (!hasCode(error, "STORE_CORRUPT")) throw error;
          const text = withFile(locate(name), () => readIfPresent(locate(name)));
          damaged.push({ name: makePrintable(name, 80), id: identifyDamaged(text ?? ""), error });
        }
      }
      return { facts, damaged };
    },
  };
}

/** The names under which records lie. Hidden files are temporary ones. */
function listNames(folder: string): string[] {
  const files = withFile(folder, () => unless(["ENOENT"], () => readdirSync(folder)) ?? []);
  return files
    .filter((file) => file.endsWith(extension) && !file.startsWith("."))
    .map((file) => file.slice(0, -extension.length));
}

/** As `readIfPresent`, in fewer calls of the system: for thousands of small files, one after the other. */
function readIfPresentInto(buffer: Buffer, path: string): string | undefined {
  const descriptor = unless(["ENOENT"], () => openSync(path, "r"));
  if (descriptor === undefined) return undefined;
  try {
    const size = readSync(descriptor, buffer, 0, buffer.length, 0);
    return size < buffer.length ? buffer.toString("utf8", 0, size) : readFileSync(path, "utf8");
  } finally {
    closeSync(descriptor);
  }
}

interface Reading {
  path: string;
  name: string;
  decoder: FactsDecoder;
}

function decodeRecord(text: string, { path, name, decoder }: Reading): ConnectionFacts {
  try {
    return decoder(text, name);
  } catch (error) {
    const found = asQboError(error);
    if (found === undefined) throw error;
    throw new QboError(found.code, `${found.message} It lies in ${path}.`, {
      hint:
        found.hint ??
        `Mend the file, or put it aside as ${name}${extension}.damaged and sign in to that company again: qbo login --name ${name}`,
      details: { connection: name },
      cause: found,
    });
  }
}

function explainStray(path: string): QboError {
  return new QboError(
    "STORE_CORRUPT",
    `${makePrintable(path)} is no record of a connection: its name is not a connection's name.`,
    {
      hint: "Give the file its former name, or move it out of the folder.",
    },
  );
}
