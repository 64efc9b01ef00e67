// `npm run bench`: what a whole `qbo` process costs, as a ratio to `node -e 0` measured side by side. A report, not a test.
//
//   --runs 40    measured runs of each command (default 40)
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { report, runProgram } from "./bench/measure.mjs";
import { prepareRivals } from "./bench/rivals.mjs";
import { installDependencies } from "./install.mjs";
import { root, runNode } from "./run.mjs";

const { values } = parseArgs({ options: { runs: { type: "string", default: "40" } } });
const runs = Number(values.runs);
const program = join(root, "bin", "qbo.js");

const home = mkdtempSync(join(tmpdir(), "qbo-bench-"));
try {
  process.exitCode = (await installDependencies()) || (await runNode(["scripts/build.mjs", "--quiet"]));
  if (process.exitCode === 0) await bench();
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function bench() {
  console.log(`Medians of ${runs} whole processes, Node.js ${process.versions.node}, against \`node -e 0\`:\n`);
  const one = prepareHome("one", { QBO_STORE: "file" }, 1);
  const ten = prepareHome("ten", { QBO_STORE: "file" }, 10);
  report({ title: "qbo --version", args: [program, "--version"], env: one, target: 1.15 }, runs);
  report({ title: "qbo token, file store", args: [program, "token"], env: one, target: 1.2 }, runs);
  for (const rival of prepareRivals(home)) {
    if ("missing" in rival) console.log(`${rival.title.padEnd(28)}left out: ${rival.missing}`);
    else report(rival, runs);
  }
  report({ title: "qbo status of 10", args: [program, "status"], env: ten, target: 1.5 }, runs);

  const many = prepareHome("many", { QBO_STORE: "file" }, 1);
  multiplyRecord(join(many.QBO_STATE_DIR ?? "", "connections"), 10_000);
  report({ title: "qbo status of 10,000", args: [program, "status"], env: many, within: 300 }, runs);
  report({ title: "  the same with --json", args: [program, "status", "--json"], env: many, within: 300 }, runs);

  const service = await startSecretService();
  try {
    const env = prepareHome("kept", { QBO_STORE: "keychain", ...service.env }, 1);
    report({ title: "qbo token, Secret Service", args: [program, "token"], env, target: 1.35 }, runs);
  } finally {
    await service.stop();
  }
}

/**
 * The private Secret Service of the end-to-end tests, compiled on the spot: Node.js 20 reads no TypeScript.
 *
 * @returns {Promise<{ env: Record<string, string>, stop(): Promise<void> }>}
 */
async function startSecretService() {
  const { build } = await import("esbuild");
  const entryPoints = [join(root, "test", "e2e", "secret-service.ts")];
  const compiled = await build({ entryPoints, bundle: true, platform: "node", format: "esm", write: false });
  const code = Buffer.from(compiled.outputFiles[0]?.contents ?? []).toString("base64");
  const module = await import(`data:text/javascript;base64,${code}`);
  return module.startSecretService();
}

/**
 * @param {string} name
 * @param {Record<string, string>} settings
 * @param {number} connections
 * @returns {NodeJS.ProcessEnv} the environment of a `qbo` that knows these connections and nothing of this user's
 */
function prepareHome(name, settings, connections) {
  const own = Object.entries(process.env).filter(([variable]) => !variable.startsWith("QBO_"));
  const folders = { QBO_CONFIG_DIR: join(home, name, "config"), QBO_STATE_DIR: join(home, name, "state") };
  const env = { ...Object.fromEntries(own), NO_COLOR: "1", ...folders, ...settings };
  const records = Array.from({ length: connections }, (_, index) => describeConnection(index));
  runProgram([program, "import", "--stdin", "--if-absent", "--no-refresh"], env, JSON.stringify(records));
  return env;
}

/** As many records as that, made of the only one there is. @param {string} folder @param {number} count */
function multiplyRecord(folder, count) {
  const record = JSON.parse(readFileSync(join(folder, "acme-0.json"), "utf8"));
  for (let index = 1; index < count; index += 1) {
    const { name, realmId } = describeConnection(index);
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...record, realmId }, undefined, 2), { mode: 0o600 });
  }
}

/** What `qbo import` reads. Token lengths are Intuit's usual ones. @param {number} index */
function describeConnection(index) {
  const inSeconds = (/** @type {number} */ seconds) => new Date(Date.now() + seconds * 1000).toISOString();
  return {
    name: `acme-${index}`,
    environment: "emulator",
    realmId: `9341${String(index + 1).padStart(12, "0")}`,
    refreshToken: `RT1-${index}-`.padEnd(50, "r"),
    accessToken: `AT-${index}-`.padEnd(900, "a"),
    accessTokenExpiresAt: inSeconds(3_600),
    refreshTokenExpiresAt: inSeconds(8_640_000),
  };
}
