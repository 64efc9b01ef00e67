// Builds one program as several files, its layers. A run loads a layer when it first uses something in it, so what scripts ask for most often
// reads the least. Every source is in exactly one layer: classes and memories of the program exist once. Because nothing happens at import,
// it makes no difference when a module is loaded.
//
// esbuild's own splitting would make a file of each set of modules that are used together, and each file costs a run more than
// most modules do.
import { realpathSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "esbuild";

/**
 * @typedef {object} Layer
 * @property {string} file where it goes, in `outdir`
 * @property {string} [entry] a source: its exports are the file's, and the layer is what it imports
 * @property {readonly string[]} [apart] how the paths of sources begin that are imported, and yet left to a later layer: ordinary runs do without
 * @property {true} [isDeferred] the layer is what the layers before it left out: what they load with `import()` or set apart, and all that needs
 *
 * @typedef {import("esbuild").BuildOptions & { absWorkingDir: string }} Options
 * @typedef {import("esbuild").Metafile["inputs"]} Graph
 */

/**
 * The last layer holds everything that the others do not.
 *
 * @param {readonly Layer[]} layers
 * @param {Options} options of esbuild, for CommonJS
 */
export async function buildLayers(layers, { absWorkingDir, ...others }) {
  // esbuild tells where a source really is.
  const options = { ...others, absWorkingDir: realpathSync(absWorkingDir) };
  const graph = await readGraph(layers, options);
  const places = assignSources(layers, graph);
  const exported = await readExports([...places.keys()], options);
  return Promise.all(layers.map((layer) => buildLayer(layer, { places, exported, graph, options })));
}

/** @param {readonly Layer[]} layers @param {Options} options @returns {Promise<Graph>} what imports what */
async function readGraph(layers, options) {
  const entryPoints = layers.flatMap(({ entry }) => entry ?? []);
  const { metafile } = await build({ ...options, entryPoints, metafile: true });
  return metafile.inputs;
}

/** @param {readonly string[]} sources @param {Options} options @returns {Promise<Map<string, string[]>>} the names that each hands out */
async function readExports(sources, options) {
  const entryPoints = [...sources];
  const { metafile } = await build({
    ...options,
    entryPoints,
    bundle: false,
    external: [],
    format: "esm",
    metafile: true,
  });
  return new Map(Object.values(metafile.outputs).map(({ entryPoint = "", exports }) => [entryPoint, exports]));
}

/**
 * Puts each source into the first layer that needs it. Packages are in none: every layer has what it uses of them.
 *
 * @param {readonly Layer[]} layers
 * @param {Graph} graph
 * @returns {Map<string, Layer>} by the source's path
 */
function assignSources(layers, graph) {
  /** @type {Map<string, Layer>} */
  const places = new Map();
  for (const layer of layers) {
    const { entry, isDeferred, apart = [] } = layer;
    const isWhole = isDeferred === true || layer === layers.at(-1);
    const left = isWhole ? [...places.keys()].flatMap((path) => listImports(path, graph)) : [];
    const belongs = (/** @type {string} */ path) => !places.has(path) && !apart.some((start) => path.startsWith(start));
    const waiting = [...(entry ? [entry] : []), ...left].filter(belongs);
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      places.set(path, layer);
      const needed = isWhole ? listImports(path, graph) : listImports(path, graph, "import-statement");
      waiting.push(...needed.filter(belongs));
    }
  }
  return places;
}

/** @param {string} path @param {Graph} graph @param {import("esbuild").ImportKind} [kind] any, unless given */
function listImports(path, graph, kind) {
  const imports = graph[path]?.imports ?? [];
  return imports.filter((found) => isSource(found) && (!kind || found.kind === kind)).map((found) => found.path);
}

/** @param {{ path: string, external?: boolean }} found */
function isSource({ path, external }) {
  return !external && !path.startsWith("node_modules/");
}

/**
 * @typedef {object} Plan
 * @property {ReadonlyMap<string, Layer>} places
 * @property {ReadonlyMap<string, readonly string[]>} exported
 * @property {Graph} graph
 * @property {Options} options
 */

/** @param {Layer} layer @param {Plan} plan */
function buildLayer(layer, { places, exported, graph, options }) {
  const own = [...places].filter(([, place]) => place === layer).map(([path]) => path);
  const wanted = own.filter((path) => isWantedElsewhere(path, { places, graph }));
  const contents = layer.isDeferred
    ? handOutWhenAsked(wanted)
    : handOut(layer.entry ?? "", { paths: wanted, exported });
  const { outdir = "", ...rest } = options;
  return build({
    ...rest,
    stdin: { contents, resolveDir: options.absWorkingDir, sourcefile: layer.file, loader: "js" },
    outfile: join(outdir, layer.file),
    plugins: [referToLayers(layer, { places, root: options.absWorkingDir })],
  });
}

/** @param {string} path @param {Pick<Plan, "places" | "graph">} plan */
function isWantedElsewhere(path, { places, graph }) {
  const place = places.get(path);
  return [...places].some(([other, where]) => where !== place && listImports(other, graph).includes(path));
}

/**
 * A layer whose modules are all prepared when it is loaded. What others want of them is put together when it is asked for: most runs ask for
 * nothing.
 *
 * @param {string} entry
 * @param {Pick<Plan, "exported"> & { paths: readonly string[] }} wanted
 */
function handOut(entry, { paths, exported }) {
  const modules = paths.map((path, index) => {
    const names = (exported.get(path) ?? []).map((name) => ({ name, alias: `${name}_${index}` }));
    return {
      load: `import { ${names.map(({ name, alias }) => `${name} as ${alias}`).join(", ")} } from ${JSON.stringify(`./${path}`)};`,
      offer: `get ${nameModule(path)}() { return { ${names.map(({ name, alias }) => `${name}: ${alias}`).join(", ")} }; }`,
    };
  });
  return [
    ...modules.map(({ load }) => load),
    `export * from ${JSON.stringify(`./${entry}`)};`,
    `export const modules = { ${modules.map(({ offer }) => offer).join(",\n")} };`,
  ].join("\n");
}

/** A layer whose modules are prepared one by one, when somebody asks for them. @param {readonly string[]} paths */
function handOutWhenAsked(paths) {
  const getters = paths.map((path) => `get ${nameModule(path)}() { return require(${JSON.stringify(`./${path}`)}); }`);
  return `exports.modules = { ${getters.join(",\n")} };`;
}

/** How a source is called among the modules of its layer, quoted: without what nearly all have in common. @param {string} path */
function nameModule(path) {
  return JSON.stringify(path.replace(/^src\/(.+)\.ts$/, "$1"));
}

/**
 * Lets a layer take from another what is not its own.
 *
 * @param {Layer} layer
 * @param {Pick<Plan, "places"> & { root: string }} plan
 * @returns {import("esbuild").Plugin}
 */
function referToLayers(layer, { places, root }) {
  const elsewhere = "another layer";
  return {
    name: "layers",
    setup(bundle) {
      bundle.onResolve({ filter: /^\./ }, ({ path, resolveDir, namespace }) => {
        if (namespace === elsewhere) return { path, external: true };
        const source = relative(root, join(resolveDir, path)).replaceAll("\\", "/");
        const place = places.get(source);
        return place === undefined || place === layer ? undefined : { path: source, namespace: elsewhere };
      });
      bundle.onLoad({ filter: /.*/, namespace: elsewhere }, ({ path }) => {
        const file = `./${places.get(path)?.file}`;
        return { contents: `module.exports = require("${file}").modules[${nameModule(path)}];` };
      });
    },
  };
}
