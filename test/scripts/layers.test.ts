import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { buildLayers } from "../../scripts/layers.mjs";
import type { Layer } from "../../scripts/layers.mjs";
import { loadWhereUsed } from "../../scripts/lazy-requires.mjs";

const sources: Record<string, string> = {
  "src/fault.ts": "export class Fault extends Error {}; export const memory: string[] = [];",
  "src/retry.ts": 'import { Fault } from "./fault.ts"; export const fail = () => { throw new Fault("again"); };',
  "src/open.ts": 'import { memory } from "./fault.ts"; export const open = (name: string) => memory.push(name);',
  "src/often.ts":
    'import { Fault, memory } from "./fault.ts"; import { fail } from "./retry.ts"; export const makeFault = () => new Fault("made");' +
    "export const remember = (text: string) => memory.push(text); export const isFault = (error: unknown) => error instanceof Fault;" +
    'export const refuse = () => fail(); export const openLater = async (name: string) => (await import("./open.ts")).open(name);',
  "src/whole.ts":
    'import { Fault, memory } from "./fault.ts"; export { fail } from "./retry.ts"; export const recall = () => memory;' +
    'export class Worse extends Fault {}; export const openNow = async (name: string) => (await import("./open.ts")).open(name);',
};
const layers: readonly Layer[] = [
  { file: "often.cjs", entry: "src/often.ts", apart: ["src/retry"] },
  { file: "later.cjs", isDeferred: true },
  { file: "whole.cjs", entry: "src/whole.ts" },
];

let folder: string;
let load: NodeJS.Require;

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "qbo-layers-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // As many a folder for temporary files, which is reached by another way than where it is.
  const way = join(folder, "way");
  symlinkSync(folder, way, "junction");
  for (const [path, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const built = await buildLayers(layers, {
    absWorkingDir: way,
    bundle: true,
    format: "cjs",
    outdir: "dist",
    write: false,
  });
  mkdirSync(join(folder, "dist"));
  for (const { path, text } of built.flatMap(({ outputFiles }) => outputFiles ?? []))
    writeFileSync(join(folder, "dist", basename(path)), loadWhereUsed(text, []));
  load = createRequire(join(folder, "dist", "x.cjs"));
});

function listLoaded(): string[] {
  return Object.keys(load.cache)
    .filter((path) => path.startsWith(folder))
    .map((path) => basename(path));
}

it("loads what is set apart when it is used", () => {
  const often = load("./often.cjs");
  expect(often.isFault(new Error("foreign"))).toBe(false);
  expect(listLoaded()).toEqual(["often.cjs"]);
  expect(() => often.refuse()).toThrow("again");
  expect(listLoaded()).toEqual(["often.cjs", "later.cjs"]);
});

it("loads what is imported with import() when it is asked for", async () => {
  const often = load("./often.cjs");
  expect(await often.openLater("a door")).toBe(1);
  expect(listLoaded()).toEqual(["often.cjs", "later.cjs"]);
});

it("has each class and each memory once, whichever layer comes first", async () => {
  const whole = load("./whole.cjs");
  const often = load("./often.cjs");
  expect(often.isFault(new whole.Worse())).toBe(true);
  expect(whole.fail).toThrow(expect.toSatisfy((error: unknown) => often.isFault(error)));
  often.remember("one");
  await whole.openNow("two");
  await often.openLater("three");
  expect(whole.recall()).toEqual(["one", "two", "three"]);
});
