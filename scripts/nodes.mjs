// `npm run test:nodes`: the packed package on each supported major version of Node.js, and the single file as well. The
// versions come from npm (the package `node`), so this takes a while and is no part of the check.
//
//   npm run test:nodes -- 22 24    only these
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, runNode, runNpm } from "./run.mjs";

const given = process.argv.slice(2);
const versions = given.length > 0 ? given : ["20", "22", "24"];
const folder = mkdtempSync(join(tmpdir(), "qbo-nodes-"));
const isWindows = process.platform === "win32";

try {
  process.exitCode = (await runNpm(["run", "--silent", "build"])) || (await testAll());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function testAll() {
  const single = join(folder, "qbo.cjs");
  const [packed] = JSON.parse(npm(root, "pack", "--json", "--ignore-scripts", "--pack-destination", folder));
  install("program", join(folder, packed.filename));
  if ((await runNode(["scripts/build-single.mjs", single])) !== 0) return 1;
  const programs = { package: join(folder, "program/node_modules/qbo-cli/bin/qbo.js"), "single file": single };
  let failures = 0;
  for (const version of versions) {
    install(version, `node@${version}`);
    const node = join(folder, version, "node_modules/node/bin", isWindows ? "node.exe" : "node");
    for (const [what, program] of Object.entries(programs)) {
      const faults = testProgram({ node, program, home: mkdtempSync(join(folder, "home-")) });
      failures += faults.length;
      console.log(`Node.js ${run(node, ["--version"]).stdout.trim()}, ${what}: ${faults.join("; ") || "ok"}`);
    }
  }
  return failures === 0 ? 0 : 1;
}

/**
 * @param {{ node: string, program: string, home: string }} place
 * @returns {string[]} what did not come out as it should
 */
function testProgram({ node, program, home }) {
  const env = {
    PATH: process.env["PATH"],
    HOME: home,
    QBO_STORE: "file",
    QBO_CONFIG_DIR: join(home, "config"),
    QBO_STATE_DIR: join(home, "state"),
  };
  const connection = {
    environment: "emulator",
    realmId: "1",
    refreshToken: "r",
    accessToken: "the-access-token",
    accessTokenExpiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  };
  writeFileSync(join(home, "connection.json"), JSON.stringify(connection));
  /** @type {[args: string[], expected: RegExp][]} */
  const cases = [
    [["--version"], /^\d+\.\d+\.\d+\n$/],
    [["import", "--file", join(home, "connection.json"), "--no-refresh", "--json"], /"imported"/],
    [["token"], /^the-access-token\n$/],
    [["demo"], /nothing is left behind/],
  ];
  return cases.flatMap(([args, expected]) => {
    const { status, stdout, stderr } = run(node, [program, ...args], env);
    const isRight = status === 0 && expected.test(stdout) && !/Warning/.test(stderr);
    return isRight ? [] : [`qbo ${args[0]} ended with ${status}: ${stdout}${stderr}`];
  });
}

/** @param {string} name @param {string} what */
function install(name, what) {
  const own = join(folder, name);
  npm(folder, "install", "--prefix", own, what, "--no-audit", "--no-fund", "--loglevel=error");
}

/** @param {string} cwd @param {string[]} words */
function npm(cwd, ...words) {
  const { status, stdout, stderr } = spawnSync("npm", words, { cwd, encoding: "utf8", shell: isWindows });
  if (status !== 0) throw new Error(`npm ${words.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

/** @param {string} program @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
function run(program, args, env) {
  return spawnSync(program, args, { encoding: "utf8", env: env ?? process.env, cwd: folder });
}
