import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * The library for `import`. It is the CommonJS one and no second copy, so that a program which uses both ways has one class of errors and
 * one memory of secrets.
 */
export const libraryAsModule = `import library from "./library.cjs";
export const { openQbo, QboError } = library;
`;

/**
 * The declarations of src/library.ts, which stand for themselves.
 *
 * @param {string} root the project's folder
 */
export function describeLibrary(root) {
  const folder = mkdtempSync(join(tmpdir(), "qbo-types-"));
  try {
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const words = [
      "src/library.ts",
      "--ignoreConfig",
      "--declaration",
      "--emitDeclarationOnly",
      "--noCheck",
      "--noResolve",
    ];
    const settings = ["--module", "nodenext", "--target", "es2023", "--types", "node", "--allowImportingTsExtensions"];
    const outcome = spawnSync(process.execPath, [compiler, ...words, ...settings, "--outDir", folder], {
      cwd: root,
      encoding: "utf8",
    });
    const text = outcome.status === 0 ? readFileSync(join(folder, "library.d.ts"), "utf8") : "";
    const fault = text === "" ? `${outcome.stdout}${outcome.stderr}` : findFault(text);
    if (fault !== undefined) throw new Error(`The library cannot be described: ${fault}`);
    return text;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What would be missing in a package that holds this file alone. @param {string} text */
function findFault(text) {
  return /^.*(?:\bfrom\s+["']|\bimport\().*$/m.exec(text)?.[0];
}
