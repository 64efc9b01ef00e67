import { join } from "node:path";

import { root } from "./run.mjs";

/**
 * Imports a TypeScript file of scripts/, compiled on the spot: Node.js 20 reads no TypeScript.
 *
 * @param {string} name
 */
export async function loadSources(name) {
  const { build } = await import("esbuild");
  const entryPoints = [join(root, "scripts", name)];
  const compiled = await build({ entryPoints, bundle: true, platform: "node", format: "esm", write: false });
  const code = Buffer.from(compiled.outputFiles[0]?.contents ?? []).toString("base64");
  return import(`data:text/javascript;base64,${code}`);
}
