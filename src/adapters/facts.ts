import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join, sep } from "node:path";
import { createFactsDecoder, encodeFacts, type FactsDecoder } from "../core/connection-record.ts";
import { isConnectionName } from "../core/connection-name.ts";
import type { ConnectionFacts, ConnectionId } from "../core/connection.ts";
import { identifyDamaged } from "../core/damaged-identity.ts";
import { QboError, asQboError, hasCode } from "../core/errors.ts";
import type { DamagedFacts, FactsStore } from "../core/store-ports.ts";
import { makePrintable } from "../core/printable.ts";
import {
  createFile,
  isSameFile,
  linkIfFree,
  readIfPresent,
  removeIfPresent,
  replaceUnchanged,
  syncFolder,
  unless,
  withFile,
  withFileAsync,
} from "./durable-file.ts";

const extension = ".json";
/** Bytes that no record has, unless somebody wrote a book into it. */
const usualSize = 65_536;

export interface FactsStoreOptions {
  /** The folder of the records; made, for its owner alone, when the first is written. */
  folder: string;
}

/**
 * Facts in files, `<folder>/<name>.json`. Reading is synchronous underneath: a thousand small files are read several
 * times faster so. Of several processes that update one record at once none undoes what another has written.
 *
 * Throws FILES_UNAVAILABLE when the file system fails and STORE_CORRUPT for a record that cannot be used.
 */
export function createFactsStore({ folder }: FactsStoreOptions): FactsStore {
  // `join` would look at every character, for every one of thousands.
  const locate = (name: string) => `${folder}${sep}${name}${extension}`;
  const decode = createFactsDecoder();
  const find = (name: string) =>
    isConnectionName(name) ? loadRecord({ path: locate(name), name, decode }, readIfPresent) : undefined;
  const survey = () => {
    const buffer = Buffer.allocUnsafeSlow(usualSize);
    const read = (path: string) => readIfPresentInto(buffer, path);
    const load = (name: string) => loadRecord({ path: locate(name), name, decode }, read);
    return surveyFolder(folder, load, (name) => identify(locate(name)));
  };

  return {
    async list() {
      const { facts, damaged } = survey();
      if (damaged[0]) throw damaged[0].error;
      return facts;
    },
    async survey() {
      return survey();
    },
    async read(name) {
      return find(name);
    },
    async create(facts) {
      requireName(facts.name);
      const path = locate(facts.name);
      const isCreated = await withFileAsync(path, () => createFile(path, encodeFacts(facts)));
      if (!isCreated) throw nameTaken(facts.name);
    },
    async update(name, change) {
      if (!isConnectionName(name)) return undefined;
      const path = locate(name);
      for (;;) {
        const before = withFile(path, () => readIfPresent(path));
        if (before === undefined) return undefined;
        const current = decodeRecord(before, { path, name, decode });
        const changed = change(current);
        if (changed === current) return current;
        // The name is the file's: a change of it is a rename and comes in by its own door.
        const next = { ...changed, name };
        if (await withFileAsync(path, () => replaceUnchanged(path, { before, text: encodeFacts(next) }))) return next;
      }
    },
    async rename(from, to) {
      requireName(to);
      if (find(from) === undefined)
        throw new QboError("NOT_CONNECTED", `There is no connection named ${makePrintable(from, 80)}.`);
      if (from !== to) await withFileAsync(locate(to), () => renameRecord(locate(from), locate(to), to));
    },
    async remove(name) {
      if (!isConnectionName(name)) return false;
      return withFileAsync(locate(name), async () => {
        const wasThere = removeIfPresent(locate(name));
        if (wasThere) await syncFolder(folder);
        return wasThere;
      });
    },
  };
}

/** Every record of the folder, by name: those that can be read, and why the others cannot. Hidden files are temporary ones. */
function surveyFolder(
  folder: string,
  load: (name: string) => ConnectionFacts | undefined,
  identifyRecord: (name: string) => ConnectionId | null,
) {
  const files = withFile(folder, () => unless(["ENOENT"], () => readdirSync(folder)) ?? []);
  const names = files
    .filter((file) => file.endsWith(extension) && !file.startsWith("."))
    .map((file) => file.slice(0, -extension.length))
    .toSorted();
  const facts: ConnectionFacts[] = [];
  const damaged: DamagedFacts[] = [];
  for (const name of names) {
    try {
      if (!isConnectionName(name)) throw explainStray(join(folder, `${name}${extension}`));
      const found = load(name);
      if (found) facts.push(found);
    } catch (error) {
      if (!hasCode(error, "STORE_CORRUPT")) throw error;
      damaged.push({ name: makePrintable(name, 80), id: identifyRecord(name), error });
    }
  }
  return { facts, damaged };
}

/** Whose damaged record lies there. */
function identify(path: string): ConnectionId | null {
  return identifyDamaged(withFile(path, () => readIfPresent(path)) ?? "");
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
  decode: FactsDecoder;
}

function loadRecord(reading: Reading, read: (path: string) => string | undefined): ConnectionFacts | undefined {
  const text = withFile(reading.path, () => read(reading.path));
  return text === undefined ? undefined : decodeRecord(text, reading);
}

function decodeRecord(text: string, { path, name, decode }: Reading): ConnectionFacts {
  try {
    return decode(text, name);
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

/**
 * A crash between the two steps leaves one record under both names; the same rename, asked for again, then ends it.
 */
async function renameRecord(from: string, to: string, name: string): Promise<void> {
  if (!linkIfFree(from, to) && !isSameFile(from, to)) throw nameTaken(name);
  removeIfPresent(from);
  await syncFolder(join(to, ".."));
}

function requireName(name: string): void {
  if (isConnectionName(name)) return;
  throw new QboError("USAGE", `"${makePrintable(name, 80)}" cannot be the name of a connection.`, {
    hint: "A name consists of a-z, 0-9 and -, is not a number and not a reserved word.",
  });
}

function nameTaken(name: string): QboError {
  return new QboError("USAGE", `A connection named ${name} exists already.`, { hint: "Choose another name." });
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
