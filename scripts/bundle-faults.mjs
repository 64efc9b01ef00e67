import { isBuiltin } from "node:module";

/**
 * What a bundle would not find, or could not load, on a user's machine. Node.js 22 before 22.12 cannot `require` an
 * ESM-only package, so those must be reached through `import()`.
 *
 * @param {import("esbuild").Metafile["inputs"][string][]} inputs
 * @param {{ dependencies: readonly string[], esmOnly: readonly string[], layerFiles: readonly string[] }} reachable
 * @returns {string[]} a sentence per fault
 */
export function findExternalFaults(inputs, { dependencies, esmOnly, layerFiles }) {
  const outside = inputs
    .flatMap((input) => input.imports)
    .filter(({ external, path }) => external && !isBuiltin(path) && !layerFiles.includes(path));
  return outside.flatMap(({ path, kind }) => {
    const name = toPackageName(path);
    if (!dependencies.includes(name)) return [`"${path}" is neither bundled nor in "dependencies".`];
    if (kind !== "dynamic-import" && esmOnly.includes(name)) return [`"${path}" is ESM only: load it with import().`];
    return [];
  });
}

/**
 * A package in two layers of a program would have its classes and its memory twice.
 *
 * @param {readonly Pick<import("esbuild").BuildResult, "metafile">[]} layers
 * @returns {string[]} a sentence per package
 */
export function findRepeatedPackages(layers) {
  const packages = layers.flatMap(({ metafile }) => {
    const bundled = Object.keys(metafile?.inputs ?? {}).filter((path) => path.startsWith("node_modules/"));
    return [...new Set(bundled.map((path) => toPackageName(path.slice("node_modules/".length))))];
  });
  const repeated = new Set(packages.filter((name, index) => packages.indexOf(name) !== index));
  return [...repeated].map((name) => `The package "${name}" is in two layers: let all that use it be in one.`);
}

/** @param {string} path */
function toPackageName(path) {
  return path.split("/", path.startsWith("@") ? 2 : 1).join("/");
}
