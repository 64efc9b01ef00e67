import { createHash } from "node:crypto";
import { readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { formatInstant, type Instant } from "../core/instant.ts";
import { readObject, readRecord } from "../core/record-fields.ts";
import type { PendingSignIn, PendingSignIns } from "../core/world.ts";
import { createFile, readIfPresent, removeIfPresent, syncFolder } from "./durable-file/durable-file.ts";
import { unless, withFile, withFileAsync } from "./durable-file/file-failure.ts";

const waiting = ".json";
const used = ".used.json";

/**
 * One file per started sign-in, 0600, named after the SHA-256 of its state. A rename claims it, which only one process can do; under its
 * new name it stays until it expires, as the mark that it was used. Throws FILES_UNAVAILABLE, STORE_CORRUPT.
 */
export function createPendingSignIns({ folder }: { folder: string }): PendingSignIns {
  const locate = (state: string) => join(folder, createHash("sha256").update(state).digest("hex"));
  const rename = async (from: string, to: string): Promise<boolean> => {
    const isRenamed = withFile(from, () => unless(["ENOENT"], () => (renameSync(from, to), true))) ?? false;
    if (isRenamed) await withFileAsync(folder, () => syncFolder(folder));
    return isRenamed;
  };
  return {
    async add(state, { expiresAt, sealed }) {
      const path = `${locate(state)}${waiting}`;
      const text = `${JSON.stringify({ version: 1, expiresAt: formatInstant(expiresAt), sealed })}\n`;
      await withFileAsync(path, () => createFile(path, text));
    },
    async find(state) {
      for (const end of [waiting, used]) {
        const path = `${locate(state)}${end}`;
        const text = withFile(path, () => readIfPresent(path));
        if (text !== undefined) return { ...readPending(path, text), isUsed: end === used };
      }
      return undefined;
    },
    claim: (state) => rename(`${locate(state)}${waiting}`, `${locate(state)}${used}`),
    async release(state) {
      await rename(`${locate(state)}${used}`, `${locate(state)}${waiting}`);
    },
    async sweep(now) {
      const names = withFile(folder, () => unless(["ENOENT"], () => readdirSync(folder)) ?? []);
      for (const path of names.filter((name) => name.endsWith(waiting)).map((name) => join(folder, name))) {
        if (withFile(path, () => isOver(path, now))) withFile(path, () => removeIfPresent(path));
      }
    },
  };
}

function readPending(path: string, text: string): PendingSignIn {
  return readRecord(`The started sign-in ${path}`, text, (fields) => ({
    expiresAt: fields.instant("expiresAt"),
    sealed: fields.text("sealed"),
  }));
}

/** A file that cannot be understood is left where it is. */
function isOver(path: string, now: Instant): boolean {
  const expiresAt = readObject(readIfPresent(path) ?? "", (fields) => fields.instant("expiresAt"));
  return expiresAt !== undefined && expiresAt <= now;
}
