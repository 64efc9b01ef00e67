/**
 * Makes a bundle load modules where they are used, not where they are named. esbuild writes
 * `var import_node_crypto = require("node:crypto")` in front of everything, so a program pays for each built-in module
 * at every start, whether this run needs it or not. And `import()` of a CommonJS package starts Node's ESM loader,
 * which costs more than the package: `require` does the same.
 *
 * @param {string} code what esbuild made, in CommonJS
 * @param {readonly string[]} commonJsPackages packages that `require` can load on every supported Node.js
 */
export function loadWhereUsed(code, commonJsPackages) {
  const assignment = /(?:\bvar )?\b(import_\w+)\s*=\s*require\(("node:[\w/]+")\);/g;
  const builtins = new Map([...code.matchAll(assignment)].map(([, name, path]) => [name, path]));
  // In parentheses, because `new require("x").Y()` means something else.
  return code
    .replace(assignment, "")
    .replace(/\b(import_\w+)\./g, (whole, name) => (builtins.has(name) ? `(require(${builtins.get(name)})).` : whole))
    .replace(/\bimport\("([^"]+)"\)/g, (whole, name) =>
      commonJsPackages.includes(name) ? `Promise.resolve().then(() => __toESM(require("${name}")))` : whole,
    );
}
