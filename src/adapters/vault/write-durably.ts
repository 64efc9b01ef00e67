import { promises } from "node:fs";
import { dirname } from "node:path";
import { QboError } from "../../core/errors.ts";
import * as durable from "../durable-file/durable-file.ts";
import { toFileError } from "./file-failure.ts";

/** Makes the store's folder if need be, and private if it is not. Throws STORE_UNAVAILABLE. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    durable.ensureFolder(folder);
    const user = process.getuid?.();
    if (user === undefined) return;
    const stats = await promises.stat(folder);
    if (user !== 0 && stats.uid !== user) throw notOurs(folder);
    if ((stats.mode & 0o077) !== 0) await promises.chmod(folder, 0o700);
  } catch (error) {
    throw toFileError(error, "written", folder);
  }
}

/** Puts `text` in the place of what `path` holds: on disk before it resolves, whole or not at all. Throws STORE_UNAVAILABLE. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await explained("written", path, () => durable.replaceFile(path, text));
}

/** Creates `path` with `text`, whole or not at all. False when it exists already: of many at once, one gets true. */
export async function createFile(path: string, text: string): Promise<boolean> {
  return explained("written", path, () => durable.createFile(path, text));
}

/** Removes `path`, for good before it resolves. False when there is none. */
export async function removeFile(path: string): Promise<boolean> {
  return explained("removed", path, async () => {
    const isRemoved = durable.removeIfPresent(path);
    if (isRemoved) await durable.syncFolder(dirname(path));
    return isRemoved;
  });
}

async function explained<T>(action: "written" | "removed", path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toFileError(error, action, path);
  }
}

function notOurs(folder: string): QboError {
  return new QboError("STORE_UNAVAILABLE", `The store's folder ${folder} belongs to another user.`, {
    hint: `Run qbo as that user, or make the folder yours: \`sudo chown -R "$USER" '${folder}'\`.`,
  });
}
