/**
 * Makes a bundle load modules where they are used, not where they are named. esbuild writes
 * `var import_node_crypto = require("node:crypto")` in front of everything, so a program pays for each built-in module
 * at every start, whether this run needs it or not. And `import()` of a CommonJS package starts Node's ESM loader,
 * which costs more than the package: `require` does the same. A default import of a built-in module is the module itself; esbuild would copy
 * all that is in it, and with `node:process` that is much.
 *
 * @param {string} code what esbuild made, in CommonJS
 * @param {readonly string[]} commonJsPackages packages that `require` can load on every supported Node.js
 */
export function loadWhereUsed(code, commonJsPackages) {
  const assignment = /(?:\bvar )?\b(import_\w+)\s*=\s*(?:__toESM\()?require\(("node:[\w/]+")\)(?:,\s*1\))?;/g;
  const builtins = new Map([...code.matchAll(assignment)].map(([, name, path]) => [name, path]));
  const fromLayers = new Set(
    [...code.matchAll(/var (require_\w+) = __commonJS\(\{\s*"another layer:/g)].map(([, load]) => load),
  );
  const reference = /(?:\bvar )?\b(import_\w+)\s*=\s*__toESM\((require_\w+)\(\)(?:, 1)?\);/g;
  const references = [...code.matchAll(reference)].filter(([, , load]) => fromLayers.has(load));
  const layered = new Map(references.map(([, name, load]) => [name, load]));
  // In parentheses, because `new require("x").Y()` means something else.
  const load = (/** @type {string} */ whole, /** @type {string} */ name) => {
    if (layered.has(name)) return `(${layered.get(name)}())`;
    return builtins.has(name) ? `(${nameLoader(builtins.get(name))}())` : whole;
  };
  const packages = new Set();
  const changed = code
    .replace(assignment, "")
    .replace(reference, (whole, name) => (layered.has(name) ? "" : whole))
    .replace(/\b(import_\w+)\.default\b/g, load)
    .replace(/\b(import_\w+)(?=\.)/g, load)
    .replace(/\bimport\("([^"]+)"\)/g, (whole, name) => {
      if (!commonJsPackages.includes(name)) return whole;
      packages.add(name);
      return `Promise.resolve().then(() => __packages["${name}"] ??= __toESM(require("${name}")))`;
    });
  const loaders = [...new Set(builtins.values())].map(writeLoader);
  // As with `import()`, a package is looked up and prepared once, however often it is asked for.
  return [changed, ...loaders, ...(packages.size === 0 ? [] : ["var __packages = {};"])].join("\n");
}

/** @param {string | undefined} path in quotes */
function nameLoader(path = "") {
  return `__load_${path.replaceAll(/\W+/g, "_")}`;
}

/** A module is asked for once: to be told again which one it is costs as much as opening a small file. @param {string | undefined} path in quotes */
function writeLoader(path) {
  const name = nameLoader(path);
  return `var ${name}_known;\nfunction ${name}() { return ${name}_known ??= require(${path}); }`;
}
