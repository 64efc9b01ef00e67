import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { renderManual } from "../scripts/manual.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const isWindows = process.platform === "win32";
const { version }: { version: string } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

interface Packed {
  filename: string;
  files: { path: string; mode: number }[];
}

let folder: string;
let packed: Packed;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "qbo-package-"));
  [packed] = JSON.parse(npm(root, "pack", "--json", "--pack-destination", folder));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("holds the program, its papers and nothing else", () => {
  expect(packed.files.map(({ path }) => path).toSorted()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "bin/package.json",
    "bin/qbo.js",
    "dist/library.cjs",
    "dist/library.d.cts",
    "dist/library.d.mts",
    "dist/library.mjs",
    "dist/licenses.txt",
    "dist/main-config.cjs",
    "dist/main-status.cjs",
    "dist/main-token-later.cjs",
    "dist/main-token.cjs",
    "dist/main.cjs",
    ...Object.keys(renderManual(version))
      .map((name) => `dist/man/${name}`)
      .toSorted(),
    "package.json",
  ]);
});

it.skipIf(isWindows)("can be executed", () => {
  expect(packed.files.find(({ path }) => path === "bin/qbo.js")?.mode).toBe(0o755);
});

it("runs no script when it is installed", () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const ofNpm = /^(pre|post)?(install|prepare|pack|publish|uninstall)$|^prepublishOnly$|^dependencies$/;
  expect(Object.keys(scripts).filter((name) => ofNpm.test(name))).toEqual([]);
});

it("installs in an empty folder and runs there", () => {
  writeFileSync(join(folder, "package.json"), "{}");
  npm(
    folder,
    "install",
    join(folder, packed.filename),
    "--prefer-offline",
    "--fetch-retries=5",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  );
  const program = join(folder, "node_modules", ".bin", "qbo");
  const printed = execFileSync(program, ["--version"], { cwd: folder, encoding: "utf8", shell: isWindows });
  expect(printed).toContain(version);
});

it("has a list of its parts that names what is installed with it, what is bundled into it, and nothing else", () => {
  const { stdout } = runScript("sbom.mjs");
  const { components, metadata, bomFormat }: Sbom = JSON.parse(stdout);
  expect([bomFormat, metadata.component.name, metadata.component.version]).toEqual(["CycloneDX", "qbo-cli", version]);
  const listed = components.map(({ purl }) => decodeURIComponent(purl).replace(/^pkg:npm\/(.+)@.*$/, "$1"));
  const licenses = readFileSync(join(folder, "node_modules/qbo-cli/dist/licenses.txt"), "utf8");
  const bundled = [...licenses.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) \d+\.\d+\.\d+$/gm)].map(([, name = ""]) => name);
  expect(bundled).toContain("valibot");
  expect(new Set(listed)).toEqual(new Set([...listInstalled(), ...bundled]));
});

it("is one file as well, which needs nothing beside it", () => {
  const alone = join(folder, "alone");
  mkdirSync(alone);
  const program = join(alone, "qbo.cjs");
  runScript("build-single.mjs", program);
  // Beside the installed package it would find the keychain's addon.
  const moved = join(mkdtempSync(join(tmpdir(), "qbo-single-")), "qbo.cjs");
  onTestFinished(() => rmSync(dirname(moved), { recursive: true }));
  renameSync(program, moved);
  const env = { PATH: process.env["PATH"], HOME: alone, QBO_STATE_DIR: join(alone, "state"), QBO_CONFIG_DIR: alone };
  const run = (store: string, ...args: string[]) =>
    spawnSync(process.execPath, [moved, ...args], { encoding: "utf8", cwd: alone, env: { ...env, QBO_STORE: store } });
  expect(run("file", "--version").stdout).toBe(`${version}\n`);
  const token = { accessToken: "the-access-token", accessTokenExpiresAt: "2999-01-01T00:00:00Z" };
  const one = { environment: "emulator", realmId: "1", refreshToken: "r", ...token };
  writeFileSync(join(alone, "one.json"), JSON.stringify(one));
  expect(run("file", "import", "--file", "one.json", "--no-refresh")).toMatchObject({ status: 0 });
  expect(run("file", "token").stdout).toBe("the-access-token\n");
  writeFileSync(join(alone, "two.json"), JSON.stringify({ ...one, realmId: "2" }));
  const keychain = run("keychain", "import", "--file", "two.json", "--no-refresh", "--json");
  expect(keychain.status).toBe(7);
  expect(keychain.stdout + keychain.stderr).toContain("keytar is not installed");
  expect(readFileSync(moved, "utf8")).toMatch(/^undici \d+\.\d+\.\d+$/m);
});

it("has a Homebrew formula that names it by its digest", () => {
  const file = join(folder, packed.filename);
  const address = `https://example.com/qbo/releases/download/v${version}/${packed.filename}`;
  const { stdout } = runScript("homebrew.mjs", file, address);
  expect(stdout).toContain(`sha256 "${createHash("sha256").update(readFileSync(file)).digest("hex")}"`);
  expect(stdout).toContain(`url "${address}"`);
  expect(stdout).toContain('homepage "https://example.com/qbo"');
  expect(stdout).not.toMatch(/@[A-Z]\w+@/);
  expect(runScript("homebrew.mjs", file, 'https://example.com/"#{x}.tgz')).toMatchObject({ status: 2, stdout: "" });
});

interface Sbom {
  bomFormat: string;
  metadata: { component: { name: string; version: string } };
  components: { purl: string }[];
}

/** The real names of the packages that npm installed with the program. */
function listInstalled(): string[] {
  const lock = readFileSync(join(folder, "node_modules/.package-lock.json"), "utf8");
  const { packages }: { packages: Record<string, { name?: string }> } = JSON.parse(lock);
  const names = Object.entries(packages).map(([path, { name }]) => name ?? path.replace(/^.*node_modules\//, ""));
  return names.filter((name) => name !== "qbo-cli");
}

function runScript(name: string, ...args: string[]) {
  return spawnSync(process.execPath, [join(root, "scripts", name), ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
}

describe("as a library", () => {
  const look = `const qbo = openQbo({ env: {}, configDir: process.argv[2], stateDir: process.argv[2] });
    qbo.listConnections().then((all) => console.log(JSON.stringify(all), new QboError("USAGE", "").exitCode));`;

  it.each([
    ["import", "look.mjs", `import { openQbo, QboError } from "qbo-cli";`],
    ["require", "look.cjs", `const { openQbo, QboError } = require("qbo-cli");`],
  ])("can be loaded by %s", (_, file, load) => {
    writeFileSync(join(folder, file), `${load}\n${look}`);
    const printed = execFileSync(process.execPath, [file, join(folder, "home")], { cwd: folder, encoding: "utf8" });
    expect(printed).toBe("[] 2\n");
  });

  // Both as strict as can be, and neither knows more of this project than the package tells.
  it.each(["use.mts", "use.cts"])("has types for %s", (file) => {
    writeFileSync(join(folder, file), use);
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const types = ["--types", "node", "--typeRoots", join(root, "node_modules", "@types")];
    const words = ["--ignoreConfig", "--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", ...types];
    const { status, stdout } = spawnSync(process.execPath, [compiler, ...words, file], {
      cwd: folder,
      encoding: "utf8",
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });
});

/** A use of the library that compiles only if its types are what they should be. */
const use = `import { openQbo, QboError, type AccessToken, type Connection, type ErrorCode, type Qbo } from "qbo-cli";
export async function use(signal: AbortSignal): Promise<string> {
  const qbo: Qbo = openQbo({ signal, onNotice: ({ level, text }) => void [level, text] });
  const all: Connection[] = await qbo.listConnections({ states: ["ready"] });
  const token: AccessToken = await qbo.getAccessToken(all[0]?.name, { minValidity: 60 });
  try {
    await qbo.revoke(token.connection);
    // @ts-expect-error: the connection must be named
    await qbo.revoke();
  } catch (error) {
    if (error instanceof QboError) { const code: ErrorCode = error.code; return code; }
  }
  return token.accessToken;
}
`;

function npm(cwd: string, ...words: string[]): string {
  return execFileSync("npm", words, { cwd, encoding: "utf8", shell: isWindows, stdio: ["ignore", "pipe", "inherit"] });
}
