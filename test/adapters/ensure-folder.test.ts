import { mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ensureFolder } from "../../src/adapters/durable-file/durable-file.ts";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "qbo-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it("makes a folder with all above it, for its owner alone, and leaves one that is there", () => {
  const folder = join(makeFolder(), "a", "b", "c");
  ensureFolder(folder);
  ensureFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

it("ends where a link leads nowhere", () => {
  const link = join(makeFolder(), "link");
  symlinkSync("/nowhere/at/all", link);
  expect(() => ensureFolder(join(link, "state"))).toThrow(/EEXIST/);
});

it.runIf(process.platform === "linux")("ends where a file system says that the folder itself is not there", () => {
  expect(() => ensureFolder("/proc/qbo-is-not-here/state")).toThrow(/ENOENT/);
});
