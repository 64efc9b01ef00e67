// Bundles the program into its layers in dist/, and what `import "qbo-cli"` gives into dist/library.cjs. Packages named in
// "dependencies" stay outside and load when they are needed. The manual pages are written into dist/man.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { findExternalFaults, findRepeatedPackages } from "./bundle-faults.mjs";
import { buildLayers } from "./layers.mjs";
import { describeLibrary, libraryAsModule } from "./library-faces.mjs";
import { loadWhereUsed } from "./lazy-requires.mjs";
import { collectLicenses } from "./licenses.mjs";
import { loadSources } from "./load-sources.mjs";
import { programLayers } from "./program-layers.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = readJson(join(root, "package.json"));
const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
const esmOnly = dependencies.filter(isEsmOnly);

/** @satisfies {import("esbuild").BuildOptions} */
const options = {
  absWorkingDir: root,
  outdir: "dist",
  write: false,
  bundle: true,
  // CommonJS starts faster than ESM; real `import()` still reaches the packages that are ESM only.
  format: "cjs",
  platform: "node",
  target: "node20.19",
  external: dependencies,
  define: { __QBO_VERSION__: JSON.stringify(manifest.version) },
  legalComments: "none",
  metafile: true,
};

const [program, library] = await Promise.all([
  buildLayers(programLayers, options),
  build({ ...options, entryPoints: ["src/library.ts"], outExtension: { ".js": ".cjs" } }),
]).catch((error) => {
  // esbuild has printed what it found wrong in the sources; anything else is news.
  if (!("errors" in error)) console.error(error);
  process.exit(1);
});

const built = [...program, library];
const inputs = Object.assign({}, ...built.map(({ metafile }) => metafile?.inputs));
const layerFiles = programLayers.map(({ file }) => `./${file}`);
const faults = [
  ...findExternalFaults(Object.values(inputs), { dependencies, esmOnly, layerFiles }),
  ...findRepeatedPackages(program),
];
if (built.some(({ warnings }) => warnings.length > 0) || faults.length > 0) {
  for (const fault of faults) console.error(fault);
  process.exitCode = 1;
} else {
  const commonJsPackages = dependencies.filter((name) => !esmOnly.includes(name));
  const bundles = await Promise.all(
    built
      .flatMap(({ outputFiles }) => outputFiles ?? [])
      .map(async ({ path, text }) => {
        const name = basename(path);
        // Less to read at every start. Of a library Node.js may show the line where an error arose, to somebody who has to understand it.
        const { code } = await transform(loadWhereUsed(text, commonJsPackages), {
          minify: name !== "library.cjs",
          // So that it also shortens the names outside of functions.
          format: "cjs",
          target: "node20.19",
          legalComments: "none",
        });
        return { name, contents: code };
      }),
  );
  const declarations = describeLibrary(root);
  const libraryFaces = {
    "library.mjs": libraryAsModule,
    "library.d.mts": declarations,
    "library.d.cts": declarations,
  };
  const licenses = collectLicenses(Object.keys(inputs));
  /** @type {Record<string, string>} */
  const manual = (await loadSources("manual.ts")).renderManual(manifest.version);
  writeDist({
    ...Object.fromEntries(bundles.map(({ name, contents }) => [name, contents])),
    ...libraryFaces,
    ...Object.fromEntries(Object.entries(manual).map(([name, page]) => [join("man", name), `${page}\n`])),
    "licenses.txt": licenses,
  });
  const sizes = bundles.map(({ name, contents }) => `dist/${name} (${Math.round(contents.length / 1024)} KiB)`);
  if (!process.argv.includes("--quiet")) console.log(`Built ${sizes.join(", ")}.`);
}

/** @param {string} name */
function isEsmOnly(name) {
  const { type, exports = {} } = readJson(join(root, "node_modules", name, "package.json"));
  return type === "module" && !JSON.stringify(exports).includes('"require"');
}

/**
 * Replaces files whole, so that a program started meanwhile never reads half of one.
 *
 * @param {Record<string, string | Uint8Array>} files
 */
function writeDist(files) {
  const dist = join(root, "dist");
  mkdirSync(join(dist, "man"), { recursive: true });
  const found = readdirSync(dist, { recursive: true, encoding: "utf8" });
  for (const stale of found.filter((name) => name !== "man" && !(name in files)))
    rmSync(join(dist, stale), { recursive: true, force: true });
  for (const [name, content] of Object.entries(files)) {
    const target = join(dist, name);
    writeFileSync(`${target}.${process.pid}`, content);
    renameSync(`${target}.${process.pid}`, target);
  }
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
