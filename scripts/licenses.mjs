import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

/**
 * The licences of the bundled packages, which ask to be kept with every copy.
 *
 * @param {string[]} inputs the files that esbuild bundled
 */
export function collectLicenses(inputs) {
  const folders = new Set(inputs.flatMap((path) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
  return [...folders].toSorted().map(readLicense).join("\n\n");
}

/** @param {string} folder */
function readLicense(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const text = findFile(folder, /^licen[cs]e/i) ?? findSection(findFile(folder, /^readme/i));
  // Nothing but the name of the licence is there in such a package.
  if (text === undefined && typeof license !== "string") throw new Error(`${name} is bundled and names no licence.`);
  return `${name} ${version}\n\n${(text ?? `Licence: ${license}`).trim()}\n`;
}

/** @param {string} folder @param {RegExp} pattern */
function findFile(folder, pattern) {
  const file = readdirSync(join(root, folder)).find((found) => pattern.test(found));
  return file === undefined ? undefined : readFileSync(join(root, folder, file), "utf8");
}

/** What a README says under the heading of its licence. @param {string} [readme] */
function findSection(readme) {
  return /^#+\s*licen[cs]e\s*$([\s\S]*?)(?=^#+ |(?![\s\S]))/im.exec(readme ?? "")?.[1];
}
