import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readNamedFile } from "../../src/adapters/input.ts";

const mebibyte = 1024 * 1024;

function makePath(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "qbo-input-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, name);
}

describe("a file that the user names", () => {
  it("is read whole up to 1 MiB, and refused beyond", async () => {
    const path = makePath("body.json");
    writeFileSync(path, "a".repeat(mebibyte));
    expect(await readNamedFile(path)).toHaveLength(mebibyte);
    writeFileSync(path, "a".repeat(mebibyte + 1));
    await expect(readNamedFile(path)).rejects.toMatchObject({
      code: "USAGE",
      message: `${path} is larger than 1 MiB.`,
    });
    writeFileSync(path, Buffer.from([0xff, 0xfe]));
    await expect(readNamedFile(path)).rejects.toThrow("no text in UTF-8");
    await expect(readNamedFile(join(path, "below"))).rejects.toMatchObject({ code: "USAGE" });
  });

  it.skipIf(process.platform === "win32")("is read no further when it is a pipe that does not end", async () => {
    const path = makePath("pipe");
    execFileSync("mkfifo", [path]);
    const writer = spawn("sh", ["-c", 'head -c 3145728 /dev/zero > "$0"', path], { stdio: "ignore" });
    await expect(readNamedFile(path)).rejects.toThrow("larger than 1 MiB");
    await new Promise((resolve) => writer.once("exit", resolve));
  });
});
