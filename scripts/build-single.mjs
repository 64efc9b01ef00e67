// `npm run build:single`: the whole program with everything it depends on as one file, build/qbo.cjs. It needs Node.js and
// nothing else. Only the keychain's native addon stays outside; it is used where it is installed beside the file.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { collectLicenses } from "./licenses.mjs";
import { root } from "./run.mjs";

const target = process.argv[2] ?? join(root, "build", "qbo.cjs");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** As bin/qbo.js does it: understood by every Node.js, also by one too old. */
const start = `#!/usr/bin/env node
"use strict";
var running = process.versions.node.split(".").map(Number);
if (running[0] < 20 || (running[0] === 20 && running[1] < 19)) {
  process.stderr.write("qbo needs Node.js 20.19 or newer; this is Node.js " + process.versions.node + ".\\n");
  process.exit(1);
}
`;

const { outputFiles, metafile, warnings } = await build({
  absWorkingDir: root,
  stdin: { contents: 'import { main } from "./src/main.ts"; void main();', resolveDir: root },
  outfile: "qbo.cjs",
  write: false,
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20.19",
  minify: true,
  external: ["keytar"],
  define: { __QBO_VERSION__: JSON.stringify(manifest.version) },
  legalComments: "none",
  metafile: true,
});

const licenses = collectLicenses(Object.keys(metafile.inputs)).replaceAll("*/", "* /");
const program = `${start}${outputFiles[0]?.text ?? ""}\n/*\nThis file holds the following packages.\n\n${licenses}*/\n`;
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, program);
chmodSync(target, 0o755);
if (warnings.length > 0) process.exitCode = 1;
console.log(`Built ${target} (${Math.round(Buffer.byteLength(program) / 1024)} KiB).`);
