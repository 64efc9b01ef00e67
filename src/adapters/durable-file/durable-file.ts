import { randomUUID } from "node:crypto";
// `promises` is looked up when it is used: loading it costs more than everything else that reading a token needs.
import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  promises,
  readFileSync,
  statSync,
  unlinkSync,
  renameSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { readErrorNumber, unless } from "./file-failure.ts";

/*
 * What all rooms share that keep files: files that only their owner can read, that are whole after a crash, and whose
 * failures are told in plain words. This folder is the one exception from the rule that adapters do not import each other.
 */

const privateFile = 0o600;
const privateFolder = 0o700;

/** Makes the folder, 0700, unless it is there. The rights of one that exists are its owner's business. */
export function ensureFolder(folder: string): void {
  // Looking first: an attempt to make it waits for everybody who is writing into the folder above.
  if (isFolder(folder)) return;
  try {
    mkdirSync(folder, { mode: privateFolder });
  } catch (error) {
    if (readErrorNumber(error) === "EEXIST" && isFolder(folder)) return;
    const above = dirname(folder);
    // Some file systems (/proc, automounted ones) say so of the folder itself; Node's own `recursive` then goes on for ever.
    if (readErrorNumber(error) !== "ENOENT" || above === folder || isFolder(above)) throw error;
    ensureFolder(above);
    ensureFolder(folder);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The file's text; `undefined` when there is none. */
export function readIfPresent(path: string): string | undefined {
  return unless(["ENOENT"], () => readFileSync(path, "utf8"));
}

/** Removes the file; answers whether there was one. */
export function removeIfPresent(path: string): boolean {
  return unless(["ENOENT"], () => (unlinkSync(path), true)) ?? false;
}

/**
 * Gives the file `from` the further name `to`, unless that is taken; answers whether it did. No two processes can both
 * succeed. Where the file system has no hard links (FAT, some shared folders of virtual machines) it makes a copy.
 */
export function linkIfFree(from: string, to: string): boolean {
  const linked = unless(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"], () =>
    succeedsUnlessTaken(() => linkSync(from, to)),
  );
  return linked ?? succeedsUnlessTaken(() => copyFileSync(from, to, constants.COPYFILE_EXCL));
}

function succeedsUnlessTaken(work: () => void): boolean {
  return unless(["EEXIST"], () => (work(), true)) ?? false;
}

/** Whether both names stand for the same file. */
export function isSameFile(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  return first !== undefined && second !== undefined && first.ino === second.ino && first.dev === second.dev;
}

/** Replaces or makes the file: a reader, also one after a crash, sees the old text or the new, never a mixture. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await withFreshFile(path, text, (fresh) => promises.rename(fresh, path));
}

/** Replaces the file as long as it holds `before`; answers whether it did. Between the look and the act there is no step that takes time. */
export async function replaceUnchanged(
  path: string,
  { before, text }: { before: string; text: string },
): Promise<boolean> {
  return withFreshFile(path, text, async (fresh) => {
    if (readIfPresent(path) !== before) return false;
    renameSync(fresh, path);
    return true;
  });
}

/** Makes the file, whole or not at all, unless there is one; answers whether it did. */
export async function createFile(path: string, text: string): Promise<boolean> {
  return withFreshFile(path, text, async (fresh) => linkIfFree(fresh, path));
}

/**
 * Puts `text` on disk beside `path`, lets `publish` give it its name and makes the name durable.
 * A library (write-file-atomic) was tried and left: it takes a write that the full disk cut short for a whole one,
 * names its temporary file after the process ID, which is the same in many containers, and does not sync the folder.
 */
async function withFreshFile<T>(path: string, text: string, publish: (fresh: string) => Promise<T>): Promise<T> {
  ensureFolder(dirname(path));
  const fresh = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const handle = await promises.open(fresh, "wx", privateFile);
    try {
      await handle.writeFile(text);
      await giveToFolderOwner(handle, path);
      await handle.sync();
    } finally {
      await handle.close();
    }
    const result = await publish(fresh);
    await syncFolder(dirname(path));
    return result;
  } finally {
    removeIfPresent(fresh);
  }
}

/** Under sudo a file goes to the owner of its folder, who could not read it otherwise. */
async function giveToFolderOwner(handle: promises.FileHandle, path: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await promises.stat(dirname(path));
  if (uid !== 0) await handle.chown(uid, gid);
}

/** Makes names given or taken away in the folder durable. Windows has no such thing and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await promises.open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot sync a folder; they write names through by themselves.
    if (!["EINVAL", "ENOTSUP", "EOPNOTSUPP"].includes(readErrorNumber(error) ?? "")) throw error;
  } finally {
    await handle.close();
  }
}
