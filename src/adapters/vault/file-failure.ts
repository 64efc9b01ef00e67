import { QboError } from "../../core/errors.ts";

/** What was being done to a file of the store. */
export type FileAction = "read" | "written" | "removed";

interface Diagnosis {
  reason: string;
  hint: (path: string) => string;
}

const noPermission: Diagnosis = {
  reason: "this user has no permission",
  hint: (path) => `Look at its owner and mode with \`ls -ld '${path}'\`: it must belong to the user who runs qbo.`,
};
const noSpace: Diagnosis = {
  reason: "there is no space left, or a quota or size limit is reached",
  hint: () => "Free some space (`df -h` shows where), then repeat the command. What was stored before is unchanged.",
};
const readOnly: Diagnosis = {
  reason: "it lies on a file system that is mounted read-only",
  hint: () => "Mount it writable, or set QBO_STATE_DIR to a writable folder before the first sign-in.",
};
const ioError: Diagnosis = {
  reason: "the disk reported an error",
  hint: () => "Look for the disk's error in the system log (`dmesg`), then repeat the command.",
};
const noFolder: Diagnosis = {
  reason: "a part of its path is a file where a folder should be",
  hint: (path) => `See which part it is with \`namei '${path}'\` and move it away, or set QBO_STATE_DIR to a folder.`,
};
const tooManyFiles: Diagnosis = {
  reason: "too many files are open",
  hint: () => "Raise the limit (`ulimit -n`) or lower --concurrency, then repeat the command.",
};

const diagnoses: Record<string, Diagnosis> = {
  EACCES: noPermission,
  EPERM: noPermission,
  EROFS: readOnly,
  ENOSPC: noSpace,
  EDQUOT: noSpace,
  EFBIG: noSpace,
  EIO: ioError,
  ENOTDIR: noFolder,
  EEXIST: noFolder,
  EMFILE: tooManyFiles,
  ENFILE: tooManyFiles,
};

/** The system's code for a failure, such as ENOENT; `undefined` for anything else. */
export function findSystemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** STORE_UNAVAILABLE for a failure of the file system; an error that is already qbo's stays as it is. */
export function toFileError(error: unknown, action: FileAction, path: string): QboError {
  if (error instanceof QboError) return error;
  const code = findSystemCode(error);
  const diagnosis = diagnoses[code ?? ""];
  const reason = diagnosis?.reason ?? `the system reported ${code ?? "an unknown error"}`;
  return new QboError("STORE_UNAVAILABLE", `The store's ${path} cannot be ${action}: ${reason}.`, {
    hint: diagnosis?.hint(path) ?? "Run `qbo doctor` to see whether this lasts.",
    cause: error,
  });
}
