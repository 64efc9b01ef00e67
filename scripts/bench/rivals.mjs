// Other programs that do what `qbo token` does, to measure it against. What is not there is left out, with a note.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {{ title: string, command: string, args: string[], env: NodeJS.ProcessEnv } | { title: string, missing: string }} Rival */

/** @param {string} folder to put things into that are gone afterwards @returns {Rival[]} */
export function prepareRivals(folder) {
  return [prepareNodeClient(join(folder, "node-client")), prepareGitHub(join(folder, "gh"))];
}

/**
 * Intuit's own library for Node.js in a program that loads it, reads a stored token, checks that it is valid and prints it. The library
 * is no dependency: npm installs it for this one measurement.
 *
 * @param {string} folder @returns {Rival}
 */
function prepareNodeClient(folder) {
  const title = "intuit-oauth, same job";
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  const installed = spawnSync("npm", ["install", ...options, "intuit-oauth@4"], {
    cwd: folder,
    encoding: "utf8",
    timeout: 120_000,
    shell: process.platform === "win32",
  });
  if (installed.status !== 0) return { title, missing: "the registry gave no intuit-oauth" };
  const token = {
    token_type: "bearer",
    access_token: "AT-0-".padEnd(900, "a"),
    refresh_token: "RT1-0-".padEnd(50, "r"),
    expires_in: 3600,
    x_refresh_token_expires_in: 8_640_000,
    createdAt: Date.now(),
    realmId: "9341000000000001",
  };
  writeFileSync(join(folder, "token.json"), JSON.stringify(token), { mode: 0o600 });
  writeFileSync(
    join(folder, "print-token.cjs"),
    `const OAuthClient = require("intuit-oauth");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const client = new OAuthClient({ clientId: "id", clientSecret: "secret", environment: "sandbox", redirectUri: "http://localhost/callback" });
client.setToken(JSON.parse(readFileSync(join(__dirname, "token.json"), "utf8")));
if (!client.isAccessTokenValid()) throw new Error("The token is not valid.");
process.stdout.write(client.getToken().access_token + "\\n");
`,
  );
  return { title, command: process.execPath, args: [join(folder, "print-token.cjs")], env: process.env };
}

/** GitHub's program, which is compiled, with a token in its file. @param {string} folder @returns {Rival} */
function prepareGitHub(folder) {
  const title = "gh auth token";
  const { GH_TOKEN: _own, GITHUB_TOKEN: _other, ...rest } = process.env;
  const env = { ...rest, GH_CONFIG_DIR: folder };
  mkdirSync(folder, { recursive: true });
  const hosts = `github.com:\n    oauth_token: ${"gho_".padEnd(40, "a")}\n    user: nobody\n    git_protocol: https\n`;
  writeFileSync(join(folder, "hosts.yml"), hosts, { mode: 0o600 });
  const tried = spawnSync("gh", ["auth", "token"], { env, encoding: "utf8" });
  if (tried.error) return { title, missing: "gh is not installed (Debian package gh)" };
  if (tried.status !== 0) return { title, missing: "this gh does not print a token" };
  return { title, command: "gh", args: ["auth", "token"], env };
}
