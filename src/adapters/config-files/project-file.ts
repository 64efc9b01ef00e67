import { lstatSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

export const projectFileName = ".qbo.json";

/** Where the search for a project's file begins, and which folder it does not leave. */
export interface ProjectPlace {
  /** Undefined when the working folder was removed. */
  workingFolder: string | undefined;
  home: string;
}

/**
 * The project's file: in the working folder or its nearest ancestor, up to the root of the repository (the folder with
 * `.git`) or the home folder, whichever comes first. Outside of both only the working folder counts: what lies further up
 * belongs to nobody in particular, as in /tmp.
 */
export function findProjectFile({ workingFolder, home }: ProjectPlace): string | undefined {
  if (workingFolder === undefined) return undefined;
  const homes = new Set([home, resolveLinks(home)]);
  let found: string | undefined;
  for (let folder = workingFolder; ; folder = dirname(folder)) {
    const path = join(folder, projectFileName);
    if (found === undefined && isThere(path)) found = path;
    if (homes.has(folder) || isThere(join(folder, ".git"))) return found;
    if (folder === dirname(folder)) return found === join(workingFolder, projectFileName) ? found : undefined;
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // A folder that one may be in and not look into: nothing in it can be read either.
    if (error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EPERM")) return false;
    throw error;
  }
}

/** The working folder is told without symbolic links, and the home folder may be reached by one. */
function resolveLinks(home: string): string {
  try {
    return realpathSync.native(home);
  } catch (error) {
    if (error instanceof Error && "code" in error) return home;
    throw error;
  }
}
