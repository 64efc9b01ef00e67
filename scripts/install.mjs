// Installs what package-lock.json asks for, when node_modules does not hold it yet.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { root, runNpm } from "./run.mjs";

/** @typedef {{ version: string, integrity?: string, optional?: boolean, link?: boolean }} LockedPackage */

/**
 * Install scripts stay off: the two packages that have one (esbuild, keytar) carry their binaries inside, and
 * keytar's script falls back to a compiler where there is no binary for the platform.
 */
const npmArguments =
  "ci --ignore-scripts --include=dev --include=optional --no-audit --no-fund --fetch-retries=5 --loglevel=error";

/** @returns {Promise<number>} npm's exit code; 0 when there was nothing to do */
export async function installDependencies() {
  if (isInstalled()) return 0;
  console.error("Installing dependencies…");
  const code = await runNpm(npmArguments.split(" "));
  if (code !== 0) console.error(`The dependencies could not be installed: npm ci ended with exit code ${code}.`);
  return code;
}

function isInstalled() {
  const installedLock = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedLock)) return false;
  const wanted = readPackages(join(root, "package-lock.json"));
  const installed = readPackages(installedLock);
  const isSame = (/** @type {string} */ path) =>
    wanted[path]?.version === installed[path]?.version && wanted[path]?.integrity === installed[path]?.integrity;
  // Optional packages are there or not, depending on the platform; all others must be.
  const isPresent = (/** @type {string} */ path) => wanted[path]?.optional === true || existsSync(join(root, path));
  return Object.keys(installed).every(isSame) && Object.keys(wanted).every(isPresent);
}

/** @returns {Record<string, LockedPackage>} */
function readPackages(/** @type {string} */ lockFile) {
  return JSON.parse(readFileSync(lockFile, "utf8")).packages;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exitCode = await installDependencies();
