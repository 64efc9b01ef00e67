// `npm run bench`: what a whole `qbo` process costs, as a ratio to `node -e 0` measured side by side. A report, not a test.
//
//   --runs 40    measured runs of each command (default 40)
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { installDependencies } from "./install.mjs";
import { root, runNode } from "./run.mjs";

/**
 * `target` is a ratio, `within` milliseconds beyond a bare start.
 *
 * @typedef {{ title: string, args: string[], env: NodeJS.ProcessEnv, target?: number, within?: number }} Case
 */

const { values } = parseArgs({ options: { runs: { type: "string", default: "40" } } });
const measuredRuns = Number(values.runs);
const warmUpRuns = 3;
const program = join(root, "bin", "qbo.js");
const baseline = ["-e", "0"];

const home = mkdtempSync(join(tmpdir(), "qbo-bench-"));
try {
  process.exitCode = (await installDependencies()) || (await runNode(["scripts/build.mjs", "--quiet"]));
  if (process.exitCode === 0) await bench();
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function bench() {
  console.log(`Medians of ${measuredRuns} whole processes, Node.js ${process.versions.node}, against \`node -e 0\`:\n`);
  const one = prepareHome("one", { QBO_STORE: "file" }, 1);
  const ten = prepareHome("ten", { QBO_STORE: "file" }, 10);
  report({ title: "qbo --version", args: ["--version"], env: one });
  report({ title: "qbo token, file store", args: ["token"], env: one, target: 1.3 });
  report({ title: "qbo status of 10", args: ["status"], env: ten });

  const many = prepareHome("many", { QBO_STORE: "file" }, 1);
  multiplyRecord(join(many.QBO_STATE_DIR ?? "", "connections"), 10_000);
  report({ title: "qbo status of 10,000", args: ["status"], env: many, within: 300 });
  report({ title: "  the same with --json", args: ["status", "--json"], env: many, within: 300 });

  const service = await startSecretService();
  try {
    const env = prepareHome("kept", { QBO_STORE: "keychain", ...service.env }, 1);
    report({ title: "qbo token, Secret Service", args: ["token"], env, target: 1.5 });
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
  execute([program, "import", "--stdin", "--if-absent", "--no-refresh"], env, JSON.stringify(records));
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

/** @param {Case} measured */
function report({ title, args, env, target, within }) {
  const costs = { baseline: /** @type {number[]} */ ([]), command: /** @type {number[]} */ ([]) };
  for (let round = -warmUpRuns; round < measuredRuns; round += 1) {
    const pair = { baseline: measure(baseline, env), command: measure([program, ...args], env) };
    if (round < 0) continue;
    costs.baseline.push(pair.baseline);
    costs.command.push(pair.command);
  }
  const [bare, whole] = [median(costs.baseline), median(costs.command)];
  const goals = [
    ...(target === undefined ? [] : [`at most ${target.toFixed(2)}: ${whole / bare <= target ? "met" : "MISSED"}`]),
    ...(within === undefined
      ? []
      : [
          `beyond a bare start ${format(whole - bare).trim()}, at most ${within}: ${whole - bare <= within ? "met" : "MISSED"}`,
        ]),
  ];
  console.log(
    [`${title.padEnd(28)}${format(whole)} : ${format(bare)} = ${(whole / bare).toFixed(2)}`, ...goals].join("   "),
  );
}

/** @type {(args: string[], env: NodeJS.ProcessEnv) => number} milliseconds */
function measure(args, env) {
  const start = performance.now();
  execute(args, env);
  return performance.now() - start;
}

/** @type {(args: string[], env: NodeJS.ProcessEnv, input?: string) => void} */
function execute(args, env, input = "") {
  const { status, stderr } = spawnSync(process.execPath, args, { env, input, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with exit code ${status}: ${stderr}`);
}

/** @param {number[]} numbers */
function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** @param {number} milliseconds */
function format(milliseconds) {
  return `${milliseconds.toFixed(1)} ms`.padStart(9);
}
