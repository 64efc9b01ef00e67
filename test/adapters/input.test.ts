import { execFileSync, spawn } from "node:child_process";
import { constants, mkdtempSync, promises, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readNamedFile } from "../../src/adapters/input.ts";

const mebibyte = 1024 * 1024;
const never = new AbortController().signal;

function makePath(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "qbo-input-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, name);
}

describe("a file that the user names", () => {
  it("is read whole up to 1 MiB, and refused beyond", async () => {
    const path = makePath("body.json");
    writeFileSync(path, "a".repeat(mebibyte));
    expect(await readNamedFile(path, never)).toHaveLength(mebibyte);
    writeFileSync(path, "a".repeat(mebibyte + 1));
    await expect(readNamedFile(path, never)).rejects.toMatchObject({
      code: "USAGE",
      message: `${path} is larger than 1 MiB.`,
    });
    writeFileSync(path, Buffer.from([0xff, 0xfe]));
    await expect(readNamedFile(path, never)).rejects.toThrow("no text in UTF-8");
    await expect(readNamedFile(join(path, "below"), never)).rejects.toMatchObject({ code: "USAGE" });
  });

  it.skipIf(process.platform === "win32")("is read no further when it is a pipe that does not end", async () => {
    const path = makePath("pipe");
    execFileSync("mkfifo", [path]);
    const writer = spawn("sh", ["-c", 'head -c 3145728 /dev/zero > "$0"', path], { stdio: "ignore" });
    await expect(readNamedFile(path, never)).rejects.toThrow("larger than 1 MiB");
    await new Promise((resolve) => writer.once("exit", resolve));
  });

  it.skipIf(process.platform === "win32").each([
    ["nobody opens for writing", false],
    ["somebody opened, and never writes to", true],
  ])("is not waited for after an interruption, when it is a pipe that %s", async (_, isOpen) => {
    const path = makePath("pipe");
    execFileSync("mkfifo", [path]);
    const writer = isOpen ? await promises.open(path, "r+") : undefined;
    const interruption = new AbortController();
    const reading = readNamedFile(path, interruption.signal);
    interruption.abort();
    await expect(reading).rejects.toMatchObject({ code: "CANCELLED" });
    await expect(readNamedFile(path, interruption.signal)).rejects.toMatchObject({ code: "CANCELLED" });
    await writer?.close();
    // Nobody waits at the other end any more: ENXIO.
    const attempt = promises.open(path, constants.O_WRONLY | constants.O_NONBLOCK);
    await expect(attempt).rejects.toMatchObject({ code: "ENXIO" });
  });
});
