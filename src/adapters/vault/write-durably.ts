import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, open, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { QboError } from "../../core/errors.ts";
import { findSystemCode, toFileError } from "./file-failure.ts";

// Not write-file-atomic: it does not look at how much was written, so a disk that fills up within a record leaves a
// truncated one in place of the good one, and it does not sync the folder, so a power cut can undo a rename.

/** Makes the store's folder if need be, and private if it is not. Throws STORE_UNAVAILABLE. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const user = process.getuid?.();
    if (user === undefined) return;
    const stats = await stat(folder);
    if (user !== 0 && stats.uid !== user) throw notOurs(folder);
    if ((stats.mode & 0o077) !== 0) await chmod(folder, 0o700);
  } catch (error) {
    throw toFileError(error, "written", folder);
  }
}

/** Puts `text` in the place of what `path` holds: on disk before it resolves, whole or not at all. Throws STORE_UNAVAILABLE. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await throughDraft(path, text, (draft) => rename(draft, path));
}

/** Creates `path` with `text`, whole or not at all. False when it exists already: of many at once, one gets true. */
export async function createFile(path: string, text: string): Promise<boolean> {
  let isCreated = false;
  await throughDraft(path, text, async (draft) => {
    isCreated = await linkExclusively(draft, path, text);
    await unlink(draft);
  });
  return isCreated;
}

/** Removes `path`, for good before it resolves. False when there is none. */
export async function removeFile(path: string): Promise<boolean> {
  try {
    await unlink(path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (findSystemCode(error) === "ENOENT") return false;
    throw toFileError(error, "removed", path);
  }
}

async function throughDraft(path: string, text: string, publish: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await writeSynced(draft, text);
    await publish(draft);
    await syncFolder(dirname(path));
  } catch (error) {
    // What is left of the draft must not hide why it failed.
    await unlink(draft).catch(() => undefined);
    throw toFileError(error, "written", path);
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    const { uid, gid } = await stat(dirname(path));
    // Under sudo the file goes to the owner of the folder, who could not read it otherwise.
    if (uid !== 0 && process.getuid?.() === 0) await file.chown(uid, gid);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function linkExclusively(draft: string, path: string, text: string): Promise<boolean> {
  try {
    await link(draft, path).catch(async (error: unknown) => {
      const isWithoutLinks = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(findSystemCode(error) ?? "");
      if (!isWithoutLinks) throw error;
      await writeSynced(path, text);
    });
    return true;
  } catch (error) {
    if (findSystemCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** A name is on disk only when its folder is. Windows has no such call, and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function notOurs(folder: string): QboError {
  return new QboError("STORE_UNAVAILABLE", `The store's folder ${folder} belongs to another user.`, {
    hint: `Run qbo as that user, or make the folder yours: \`sudo chown -R "$USER" '${folder}'\`.`,
  });
}
