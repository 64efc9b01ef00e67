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
  const { name, version } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const file = readdirSync(join(root, folder)).find((found) => /^licen[cs]e/i.test(found));
  if (file === undefined) throw new Error(`${name} is bundled and has no licence file.`);
  return `${name} ${version}\n\n${readFileSync(join(root, folder, file), "utf8").trim()}\n`;
}
