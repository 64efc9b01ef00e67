import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  promises,
  readdirSync,
  realpathSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { QboError } from "../core/errors.ts";
import type { ExposedPath } from "../core/machine.ts";
import { makePrintable } from "../core/printable.ts";
import { quoteForShell } from "../core/shell-word.ts";
import { createFile, replaceFile } from "./durable-file/durable-file.ts";
import { unless, withFile, withFileAsync } from "./durable-file/file-failure.ts";

/** What nobody but the owner may do with the files and folders that qbo makes. */
const anyAccess = 0o077;
/** What nobody but the owner may do with a folder that somebody else may have made: change what is in it. */
const changeAccess = 0o022;

export interface PrivateFolders {
  /** Everything in it is qbo's own. */
  state: string;
  /** Holds a person's own file, without secrets. */
  config: string;
  platform: NodeJS.Platform;
}

/** Files and folders that others may read or change. The rights of Windows are not told by permission bits. */
export function listExposedPaths({ state, config, platform }: PrivateFolders): ExposedPath[] {
  if (platform === "win32") return [];
  const folders = [state, config].flatMap((folder) => resolveLink(folder) ?? []);
  return [...judge([...folders, ...listInside(config)], changeAccess), ...judge(listInside(state), anyAccess)];
}

/**
 * Takes away every right of others. What a symbolic link names may be anybody's, so a link is refused (FILES_UNAVAILABLE), also one that
 * took the place of the file meanwhile.
 */
export function closePath(path: string): void {
  withFile(path, () => {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      fchmodSync(descriptor, fstatSync(descriptor).mode & 0o700);
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Throws USAGE when there is no folder for a file of that name: one that is made for a mistyped name is found by nobody. */
export async function assertFolderFor(path: string): Promise<void> {
  const folder = dirname(resolve(path));
  const found = withFile(folder, () => unless(["ENOENT", "ENOTDIR"], () => statSync(folder)));
  if (!found?.isDirectory())
    throw new QboError("USAGE", `There is no folder ${makePrintable(folder, 200)} for ${makePrintable(path, 200)}.`, {
      hint: `Name a file in a folder that exists, or make that one first: mkdir -p ${quoteForShell(folder)}`,
    });
}

/** Throws USAGE when there is a file of that name already, or no folder for it. */
export async function assertNewFile(path: string): Promise<void> {
  await assertFolderFor(path);
  if (withFile(path, () => lstatSync(path, { throwIfNoEntry: false })) !== undefined) throw alreadyThere(path);
}

/** Makes a file that only its owner can read, unless it is made to be published. Throws as `assertNewFile`. */
export async function writeNewFile(
  path: string,
  text: string,
  { isPublic = false }: { isPublic?: boolean } = {},
): Promise<void> {
  await assertNewFile(path);
  const isNew = await withFileAsync(path, () => createFile(path, text));
  if (isNew && isPublic) withFile(path, () => chmodSync(path, 0o644));
  if (!isNew) throw alreadyThere(path);
}

function alreadyThere(path: string): QboError {
  return new QboError("USAGE", `${path} exists already, and is not overwritten.`, { hint: "Name another file." });
}

/**
 * Replaces the file that a person named, whole, or makes it, readable by its owner only; through a symbolic link, as a shell would. A device or
 * a pipe (`/dev/null`, `/dev/stdout`) is written to: putting a file in its place would take it away from everybody on the machine.
 */
export async function replaceNamedFile(path: string, text: string): Promise<void> {
  await withFileAsync(path, async () => {
    const found = statSync(path, { throwIfNoEntry: false });
    // Not at one go: a pipe lets its writer wait until somebody reads, and nothing else would be heard meanwhile.
    if (found && !found.isFile() && !found.isDirectory()) await promises.writeFile(path, text);
    else await replaceFile(found ? realpathSync(path) : path, text);
  });
}

/** Where the folder really is: its owner may have put a link in its place. Undefined while there is none. */
function resolveLink(folder: string): string | undefined {
  return withFile(folder, () => unless(["ENOENT"], () => realpathSync(folder)));
}

/** Symbolic links have no rights of their own, and what they name is not looked at. */
function judge(paths: readonly string[], forbidden: number): ExposedPath[] {
  return paths.flatMap((path) => {
    const found = withFile(path, () => lstatSync(path, { throwIfNoEntry: false }));
    return found !== undefined && !found.isSymbolicLink() && (found.mode & forbidden) !== 0
      ? [{ path, mode: found.mode & 0o777 }]
      : [];
  });
}

function listInside(folder: string): string[] {
  const entries = withFile(folder, () =>
    unless(["ENOENT"], () => readdirSync(folder, { recursive: true, withFileTypes: true })),
  );
  return (entries ?? []).map((entry) => join(entry.parentPath, entry.name));
}
