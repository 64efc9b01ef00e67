import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { measurePlainOutput, writeAtOnce } from "../../src/process/plain-output.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qbo-output-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

function open(path: string, flags: string | number): number {
  const descriptor = openSync(path, flags);
  onTestFinished(() => closeSync(descriptor));
  return descriptor;
}

/** A pipe that nobody reads yet, and that refuses what does not fit rather than to wait. */
function openFullPipe(): number {
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  return open(path, constants.O_RDWR | constants.O_NONBLOCK);
}

describe("a file", () => {
  it("takes all that is written", () => {
    const path = join(folder, "file");
    const descriptor = open(path, "w");
    expect(measurePlainOutput(descriptor)).toBe(Infinity);
    expect(writeAtOnce(descriptor, "one\n")).toBeUndefined();
    expect(writeAtOnce(descriptor, "é".repeat(100_000))).toBeUndefined();
    expect(readFileSync(path, "utf8")).toBe(`one\n${"é".repeat(100_000)}`);
  });

  it("that is full says so", () => {
    expect(() => writeAtOnce(open("/dev/full", "w"), "text")).toThrow(expect.objectContaining({ code: "ENOSPC" }));
  });
});

describe.skipIf(process.platform === "win32")("a pipe", () => {
  it("takes what is written without a stream, though nobody reads", () => {
    const descriptor = openFullPipe();
    const size = measurePlainOutput(descriptor);
    expect(size).toBeGreaterThan(4000);
    expect(writeAtOnce(descriptor, "x".repeat(size))).toBeUndefined();
  });

  it("that refuses to wait is given back what it did not take, to the byte", () => {
    const descriptor = openFullPipe();
    const text = "é".repeat(100_000);
    const left = writeAtOnce(descriptor, text) ?? Buffer.alloc(0);
    const taken = Buffer.alloc(Buffer.byteLength(text));
    const size = readSync(descriptor, taken);
    expect(left.length).toBeGreaterThan(0);
    expect(Buffer.concat([taken.subarray(0, size), left]).toString()).toBe(text);
  });
});

it("is neither a device nor nothing", () => {
  expect(measurePlainOutput(open("/dev/null", "w"))).toBe(0);
  expect(measurePlainOutput(9_999)).toBe(0);
});
