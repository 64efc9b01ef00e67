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
 * The declarations of src/library.ts, and in it those of the files that it hands on: one text, which stands for itself.
 *
 * @param {string} root the project's folder
 */
export function describeLibrary(root) {
  const parts = [...readFileSync(join(root, "src", "library.ts"), "utf8").matchAll(handedOn)].map(([, part]) => part);
  const folder = mkdtempSync(join(tmpdir(), "qbo-types-"));
  try {
    compile(root, { sources: ["src/library.ts", ...parts.map((part) => `src/library/${part}.ts`)], folder });
    const read = (/** @type {string} */ name) => readFileSync(join(folder, `${name}.d.ts`), "utf8");
    const whole = read("library").replaceAll(handedOn, (_line, part) => read(`library/${part}`).trim());
    const text = withoutImports(whole, parts);
    const fault = findFault(text);
    if (fault !== undefined) throw new Error(`The library's declarations refer to something else: ${fault}`);
    return text;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A line of src/library.ts that makes all of another file public. */
const handedOn = /^export (?:type )?\* from "\.\/library\/(.+)\.ts";$/gm;

/** @param {string} root @param {{ sources: readonly string[], folder: string }} what and where the declarations go */
function compile(root, { sources, folder }) {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const words = [...sources, "--ignoreConfig", "--declaration", "--emitDeclarationOnly", "--noCheck", "--noResolve"];
  const settings = ["--module", "nodenext", "--target", "es2023", "--types", "node", "--allowImportingTsExtensions"];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, ...words, ...settings, "--rootDir", "src", "--outDir", folder],
    { cwd: root, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`The library cannot be described: ${stdout}${stderr}`);
}

/** What one part takes of another stands in the same text. @param {string} text @param {readonly (string | undefined)[]} parts */
function withoutImports(text, parts) {
  return text.replaceAll(/^import .* from "\.\/(?:library\/)?(.+)\.ts";\n/gm, (line, part) =>
    parts.includes(part) ? "" : line,
  );
}

/** What would be missing in a package that holds this text alone. @param {string} text */
function findFault(text) {
  return /^.*(?:\bfrom\s+["']|\bimport\().*$/m.exec(text)?.[0];
}
