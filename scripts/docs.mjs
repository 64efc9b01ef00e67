// `npm run docs`: writes the pages that are made of the sources, docs/cli/*.md, docs/exit-codes.md and docs/troubleshooting.md, and the list of
// manual pages in package.json.
//
//   --check    write nothing; fail when a page is out of date
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { installDependencies } from "./install.mjs";
import { loadSources } from "./load-sources.mjs";
import { root } from "./run.mjs";

/** All files of this folder are made here; what else lies in it belongs to a command that is gone. */
const generatedFolder = "docs/cli";

process.exitCode = (await installDependencies()) || (await main());

async function main() {
  const pages = await renderPages();
  const stale = Object.keys(pages).filter((path) => readPage(path) !== pages[path]);
  const leftOver = listGenerated().filter((path) => !(path in pages));
  if (process.argv.includes("--check")) return report([...stale, ...leftOver]);
  for (const path of stale) writePage(path, pages[path] ?? "");
  for (const path of leftOver) rmSync(join(root, path));
  console.log(`${Object.keys(pages).length} pages, of which ${stale.length} changed; ${leftOver.length} removed.`);
  return 0;
}

/** @param {string[]} outdated */
function report(outdated) {
  for (const path of outdated) console.log(`${path} is out of date. Run: npm run docs`);
  return outdated.length > 0 ? 1 : 0;
}

/** @returns {Promise<Record<string, string>>} path from the project's folder → text */
async function renderPages() {
  const pages = (await loadSources("reference.ts")).renderReference();
  return { ...pages, "package.json": await renderManifest() };
}

/** npm installs those manual pages that are listed here one by one. */
async function renderManifest() {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const names = Object.keys((await loadSources("manual.ts")).renderManual(manifest.version));
  return `${JSON.stringify({ ...manifest, man: names.map((name) => `dist/man/${name}`) }, undefined, 2)}\n`;
}

function listGenerated() {
  const folder = join(root, generatedFolder);
  return existsSync(folder) ? readdirSync(folder).map((name) => `${generatedFolder}/${name}`) : [];
}

/** @param {string} path */
function readPage(path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8").replaceAll("\r\n", "\n") : undefined;
}

/** @type {(path: string, text: string) => void} */
function writePage(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
