import { QboError } from "../../core/errors.ts";

/** What the operating system's error numbers mean to a person, and what to do about them. */
const failures: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOSPC: ["the disk is full", "Free some space, then run the command again."],
  EDQUOT: ["the disk quota is used up", "Free some space, then run the command again."],
  EFBIG: ["the file would exceed the size that is allowed", "Raise the limit on file sizes (ulimit -f)."],
  EROFS: ["it is on a read-only file system", "Make it writable, or set QBO_STATE_DIR to a folder that is."],
  EACCES: ["permission is denied", "Make it belong to you, or set QBO_STATE_DIR to a folder that does."],
  EPERM: ["permission is denied", "Make it belong to you, or set QBO_STATE_DIR to a folder that does."],
  ENOTDIR: ["a part of its path is not a folder", "Move away the file that stands where a folder should be."],
  EISDIR: ["it is a folder", "Move away the folder that stands where a file should be."],
  EEXIST: ["something else stands in its place", "Move away what stands there."],
  ENOENT: ["it was removed meanwhile", "Run the command again."],
  ELOOP: ["its symbolic links form a loop", "Mend the links, or set QBO_STATE_DIR to another folder."],
  ENAMETOOLONG: ["its path is too long", "Set QBO_STATE_DIR to a folder with a shorter path."],
  EMFILE: ["too many files are open", "Run the command again with fewer things at once."],
  ENFILE: ["too many files are open", "Run the command again when the machine is less busy."],
};

/** Carries out `work` on `path`; a failure of the file system becomes FILES_UNAVAILABLE, everything else stays. */
export function withFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainFailure(error, path);
  }
}

/** As `withFile`, for work that takes time. */
export async function withFileAsync<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainFailure(error, path);
  }
}

function explainFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  const number = readErrorNumber(error) ?? "an unknown error";
  const [reason, hint] = failures[number] ?? [
    `the system answered ${number}`,
    "Check the disk and the folder's permissions.",
  ];
  return new QboError("FILES_UNAVAILABLE", `${path} cannot be read or written: ${reason}.`, { hint, cause: error });
}

/** Such as ENOENT; `undefined` for what is no failure of the system. */
export function readErrorNumber(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** What `work` answers, or `undefined` when it fails with one of `numbers` (ENOENT…); other failures stay failures. */
export function unless<T>(numbers: readonly string[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (numbers.includes(readErrorNumber(error) ?? "")) return undefined;
    throw error;
  }
}
