// `npm run sbom [file]`: what the program is made of at run time, as CycloneDX: everything that is installed with it, and
// what is bundled into it. `npm sbom --omit dev` knows nothing of the second, and leaves out what a tool of the development
// uses as well (chalk, say); so the list of all packages is made, and what the program reaches is kept.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./run.mjs";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const direct = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
const bundled = await listBundled();
const text = `${JSON.stringify(keepReached(readWhole()), null, 2)}\n`;
const [file] = process.argv.slice(2);
if (file === undefined) process.stdout.write(text);
else writeFileSync(file, text);

function readWhole() {
  const words = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--loglevel=error"];
  const options = { cwd: root, encoding: /** @type {const} */ ("utf8"), maxBuffer: 64 * 1024 * 1024 };
  return JSON.parse(execFileSync("npm", words, { ...options, shell: process.platform === "win32" }));
}

/** The packages that esbuild puts into the program, as `name@version`. */
async function listBundled() {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["src/main.ts"],
    bundle: true,
    write: false,
    platform: "node",
    external: direct,
    metafile: true,
  });
  const folders = Object.keys(metafile.inputs).flatMap(
    (path) => /.*\bnode_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  return [...new Set(folders)].map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    return `${name}@${version}`;
  });
}

/** @param {any} sbom */
function keepReached(sbom) {
  const uses = new Map(sbom.dependencies.map((/** @type {any} */ { ref, dependsOn }) => [ref, dependsOn]));
  const own = sbom.metadata.component["bom-ref"];
  const nameOf = (/** @type {string} */ ref) => ref.slice(0, ref.lastIndexOf("@"));
  const wanted = new Set(direct.map(realName));
  const first = uses.get(own).filter((/** @type {string} */ ref) => wanted.has(nameOf(ref)));
  // Of what is bundled, nothing is there but what is bundled as well.
  const reached = new Set(bundled);
  for (const queue = [...first]; queue.length > 0;) {
    const ref = queue.pop();
    if (reached.has(ref)) continue;
    reached.add(ref);
    queue.push(...(uses.get(ref) ?? []));
  }
  const narrow = (/** @type {string[]} */ refs = []) => refs.filter((ref) => reached.has(ref));
  const isReached = (/** @type {any} */ component) => reached.has(component["bom-ref"]);
  sbom.metadata.component.name = manifest.name;
  sbom.metadata.component.type = "application";
  return {
    ...sbom,
    components: sbom.components.filter(isReached).map(withoutMarks),
    dependencies: sbom.dependencies
      .filter((/** @type {any} */ { ref }) => reached.has(ref) || ref === own)
      .map((/** @type {any} */ { ref, dependsOn }) => ({
        ref,
        dependsOn: narrow(ref === own ? [...first, ...bundled] : dependsOn),
      })),
  };
}

/** What is bundled is no matter of the development alone. @param {any} component */
function withoutMarks(component) {
  const isMark = (/** @type {any} */ { name }) => name === "cdx:npm:package:development";
  return { ...component, properties: component.properties?.filter((/** @type {any} */ each) => !isMark(each)) ?? [] };
}

/** Of `npm:@github/keytar@^7`, which stands for keytar. @param {string} name */
function realName(name) {
  return /^npm:(.+)@/.exec(manifest.dependencies[name] ?? "")?.[1] ?? name;
}
