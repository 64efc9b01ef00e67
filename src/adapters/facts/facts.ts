import { join } from "node:path";
import { isConnectionName } from "../../core/connection-name.ts";
import { encodeFacts } from "../../core/connection-record.ts";
import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import type { FactsStore } from "../../core/store-ports.ts";
import {
  createFile,
  isSameFile,
  linkIfFree,
  readIfPresent,
  removeIfPresent,
  replaceUnchanged,
  syncFolder,
} from "../durable-file/durable-file.ts";
import { withFile, withFileAsync } from "../durable-file/file-failure.ts";
import { openRecordFiles } from "./record-files.ts";

export interface FactsStoreOptions {
  /** The folder of the records; made, for its owner alone, when the first is written. */
  folder: string;
}

/**
 * Facts in files, one record each. Of several processes that update one record at once none undoes what another has written.
 *
 * Throws FILES_UNAVAILABLE when the file system fails and STORE_CORRUPT for a record that cannot be used.
 */
export function createFactsStore({ folder }: FactsStoreOptions): FactsStore {
  const { locate, find, decode, names, survey } = openRecordFiles(folder);
  return {
    async list() {
      const { facts, damaged } = survey();
      if (damaged[0]) throw damaged[0].error;
      return facts;
    },
    async survey() {
      return survey();
    },
    async names() {
      return names();
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
        const current = decode(before, name);
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
