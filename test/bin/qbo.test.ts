import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qbo-bin-"));
  cpSync(fileURLToPath(new URL("../../bin", import.meta.url)), join(folder, "bin"), { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true }));

it("loads the built program", () => {
  build('exports.main = () => void process.stdout.write("built\\n");');
  expect(run()).toEqual({ status: 0, stdout: "built\n", stderr: "" });
});

it.each(["--version", "-V"])("answers %s from the manifest, without the program", (flag) => {
  writeFileSync(join(folder, "package.json"), '{ "version": "4.5.6" }');
  expect(run([flag])).toEqual({ status: 0, stdout: "4.5.6\n", stderr: "" });
});

it.skipIf(process.platform === "win32")("says in one sentence that the version cannot be written", () => {
  writeFileSync(join(folder, "package.json"), '{ "version": "4.5.6" }');
  const command = [process.execPath, join(folder, "bin", "qbo.js"), "--version"];
  const { status, stderr } = spawnSync("sh", ["-c", 'exec "$@" > /dev/full', "sh", ...command], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({
    status: 7,
    stderr: "error: The output cannot be written: the system answered ENOSPC.\n",
  });
});

it("says in one sentence that the program is not built", () => {
  expect(run()).toEqual({ status: 1, stdout: "", stderr: "qbo is not built yet. Run: npm run build\n" });
});

it("does not take a module missing in the program for a missing program", () => {
  build('require("./nowhere.cjs");');
  expect(run().stderr).toContain("nowhere.cjs");
});

it.each(["18.20.8", "20.18.3"])("says in one sentence that Node.js %s is too old", (version) => {
  build('exports.main = () => void process.stdout.write("built\\n");');
  const stderr = `qbo needs Node.js 20.19 or newer; this is Node.js ${version}.\n`;
  expect(run([], pretend(version))).toEqual({ status: 1, stdout: "", stderr });
});

it.each(["20.19.0", "22.0.0"])("runs on Node.js %s", (version) => {
  build('exports.main = () => void process.stdout.write("built\\n");');
  expect(run([], pretend(version)).status).toBe(0);
});

it.each([
  ["the owner of the package", "process.getuid", true],
  ["no other user, whose files the owner could not remove", "() => process.geteuid() + 1", false],
  ["anybody where users have no numbers", "undefined", true],
])("keeps compiled code for %s", (_who, getuid, isKept) => {
  build('exports.main = () => void process.stdout.write("built\\n");');
  const file = join(folder, "cache.cjs");
  writeFileSync(
    file,
    `require("node:module").enableCompileCache = () => void process.stdout.write("kept, "); process.getuid = ${getuid};`,
  );
  expect(run([], ["--require", file]).stdout).toBe(isKept ? "kept, built\n" : "built\n");
});

function build(program: string): void {
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "dist", "main.cjs"), program);
}

function run(words: string[] = [], nodeArguments: string[] = []) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...nodeArguments, join(folder, "bin", "qbo.js"), ...words],
    { encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

function pretend(version: string): string[] {
  const file = join(folder, "version.cjs");
  writeFileSync(file, `Object.defineProperty(process, "versions", { value: { node: "${version}" } });`);
  return ["--require", file];
}
