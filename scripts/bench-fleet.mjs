// `npm run bench:fleet`: what refreshing a fleet costs beyond what Intuit takes: time against the ideal, and memory. A report, not a test.
//
//   --connections 1000   how many there are
//   --latency 200        milliseconds that the emulator takes for each answer
//   --concurrency 8      how many are refreshed at a time
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { installDependencies } from "./install.mjs";
import { root, runNode } from "./run.mjs";

const number = (/** @type {string} */ preset) => /** @type {const} */ ({ type: "string", default: preset });
const { values } = parseArgs({
  options: { connections: number("1000"), latency: number("200"), concurrency: number("8") },
});
const [connections, latency, concurrency] = [values.connections, values.latency, values.concurrency].map(Number);
const program = join(root, "bin", "qbo.js");
/** At most so many times the ideal. */
const target = 1.1;

const home = mkdtempSync(join(tmpdir(), "qbo-bench-fleet-"));
const memoryFile = join(home, "memory");
const env = { ...process.env, NO_COLOR: "1", QBO_STORE: "file", QBO_BENCH_MEMORY: memoryFile };
for (const variable of Object.keys(env))
  if (/^QBO_(?!STORE$|BENCH)/.test(variable)) Reflect.deleteProperty(env, variable);
Object.assign(env, { QBO_CONFIG_DIR: join(home, "config"), QBO_STATE_DIR: join(home, "state") });
try {
  process.exitCode = (await installDependencies()) || (await runNode(["scripts/build.mjs", "--quiet"]));
  if (process.exitCode === 0) await bench();
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function bench() {
  // Without TLS, whose costs at the emulator would be taken for the program's.
  const emulator = spawn(
    process.execPath,
    [program, "emulator", "--port", "0", "--http", "--json", "--latency", String(latency)],
    { env, stdio: ["ignore", "pipe", "inherit"] },
  );
  try {
    const baseUrl = await readBaseUrl(emulator);
    Object.assign(env, { QBO_EMULATOR_URL: baseUrl });
    console.log(
      `${connections} connections, ${concurrency} at a time, ${latency} ms each, Node.js ${process.versions.node}:\n`,
    );
    // The same with a tenth tells whether memory grows with the count.
    const few = Math.max(1, Math.floor((connections ?? 0) / 10));
    await bringIn(baseUrl, few);
    report(few, measureRefresh());
    await bringIn(baseUrl, (connections ?? 0) - few);
    report(connections ?? 0, measureRefresh());
  } finally {
    emulator.kill();
  }
}

/** @param {import("node:child_process").ChildProcess} emulator @returns {Promise<string>} */
function readBaseUrl(emulator) {
  return new Promise((resolve, reject) => {
    let text = "";
    emulator.on("error", reject);
    emulator.on("exit", () => reject(new Error("The emulator ended.")));
    emulator.stdout?.on("data", (chunk) => {
      text += chunk;
      if (text.includes("\n")) resolve(JSON.parse(text).baseUrl);
    });
  });
}

/** @param {string} baseUrl @param {number} count */
async function bringIn(baseUrl, count) {
  const seeded = await post(`${baseUrl}/_emulator/seed`, { connections: count });
  const entries = seeded.connections.map((/** @type {Record<string, unknown>} */ granted) => ({
    environment: "emulator",
    realmId: granted["realmId"],
    name: `c${String(granted["realmId"])}`,
    refreshToken: granted["refreshToken"],
  }));
  execute(["import", "--stdin", "--quiet"], JSON.stringify(entries));
}

/** @param {string} url @param {object} body @returns {Promise<{ connections: Record<string, unknown>[] }>} */
function post(url, body) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent: false }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => (text += chunk)).on("end", () => resolve(JSON.parse(text)));
    });
    sent.on("error", reject).end(JSON.stringify(body));
  });
}

/** @returns {{ milliseconds: number, mebibytes: number }} */
function measureRefresh() {
  const start = performance.now();
  execute(["refresh", "--all", "--json", "--concurrency", String(concurrency), "--restart"]);
  const milliseconds = performance.now() - start;
  return { milliseconds, mebibytes: Number(readFileSync(memoryFile, "utf8")) / 1024 };
}

/** @param {number} count @param {{ milliseconds: number, mebibytes: number }} measured */
function report(count, { milliseconds, mebibytes }) {
  const ideal = Math.ceil(count / (concurrency ?? 1)) * (latency ?? 0);
  const ratio = milliseconds / ideal;
  const verdict = ratio <= target ? "met" : "MISSED";
  const [seconds, least] = [milliseconds, ideal].map((time) => (time / 1000).toFixed(1));
  console.log(
    `${String(count).padStart(6)} refreshed in ${seconds} s : ${least} s = ${ratio.toFixed(2)}   at most ${target.toFixed(2)}: ${verdict}   ${mebibytes.toFixed(0)} MiB`,
  );
}

/** @param {string[]} args @param {string} [input] */
function execute(args, input = "") {
  // The process itself knows best how much memory it had.
  const note = `process.on("exit", () => require("node:fs").writeFileSync(process.env.QBO_BENCH_MEMORY, String(process.resourceUsage().maxRSS)))`;
  const preload = `data:text/javascript,${encodeURIComponent(`import { createRequire } from "node:module"; const require = createRequire("file:///"); ${note}`)}`;
  const ended = spawnSync(process.execPath, ["--import", preload, program, ...args], {
    env,
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (ended.status !== 0)
    throw new Error(`qbo ${args.join(" ")} ended with exit code ${ended.status}: ${ended.stderr}`);
}
