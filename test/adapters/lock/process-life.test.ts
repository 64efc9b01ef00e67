import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { isProcessAlive, readProcessSpace, readProcessStart } from "../../../src/adapters/lock/process-life.ts";

const isLinux = process.platform === "linux";
const itself = { pid: process.pid, processStart: readProcessStart(process.pid) };

describe("isProcessAlive", () => {
  it("is true for this process, with and without its start", () => {
    expect(isProcessAlive(itself)).toBe(true);
    expect(isProcessAlive({ ...itself, processStart: null })).toBe(true);
  });

  it("is false for a process that ended", async () => {
    const child = spawn(process.execPath, ["-e", "0"]);
    await once(child, "exit");
    expect(isProcessAlive({ pid: child.pid ?? 0, processStart: null })).toBe(false);
  });

  it.runIf(isLinux)("is false when the process with that ID started at another moment", () => {
    expect(isProcessAlive({ ...itself, processStart: "1" })).toBe(false);
  });

  it.runIf(isLinux)("is false for a process that ended and was not collected by its parent", async () => {
    // The shell's child ends at once; the program that the shell becomes knows of no children and collects none.
    const parent = spawn("sh", ["-c", "sh -c 'echo $$' & exec sleep 20"]);
    const [line] = await once(parent.stdout, "data");
    const pid = Number(line);
    let isAlive = true;
    for (let look = 0; look < 2000 && isAlive; look += 1) {
      isAlive = isProcessAlive({ pid, processStart: null });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(isAlive).toBe(false);
    expect(() => process.kill(pid, 0)).not.toThrow();
    parent.kill("SIGKILL");
  });
});

describe("readProcessSpace", () => {
  it("stays the same and is known on Linux", () => {
    expect(readProcessSpace()).toBe(readProcessSpace());
    expect(readProcessSpace() !== null).toBe(isLinux);
  });
});
