import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

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
    "dist/licenses.txt",
    "dist/main-token.cjs",
    "dist/main.cjs",
    "package.json",
  ]);
});

it.skipIf(isWindows)("can be executed", () => {
  expect(packed.files.find(({ path }) => path === "bin/qbo.js")?.mode).toBe(0o755);
});

it("installs in an empty folder and runs there", () => {
  writeFileSync(join(folder, "package.json"), "{}");
  npm(
    folder,
    "install",
    join(folder, packed.filename),
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  );
  const program = join(folder, "node_modules", ".bin", "qbo");
  const printed = execFileSync(program, ["--version"], { cwd: folder, encoding: "utf8", shell: isWindows });
  expect(printed).toContain(version);
});

function npm(cwd: string, ...words: string[]): string {
  return execFileSync("npm", words, { cwd, encoding: "utf8", shell: isWindows, stdio: ["ignore", "pipe", "inherit"] });
}
