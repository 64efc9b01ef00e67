import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { inspectLock } from "../../../src/adapters/lock/inspect-lock.ts";
import { encodeLockRecord, nameLockFile, type LockRecord } from "../../../src/adapters/lock/lock-record.ts";
import { readProcessSpace, readProcessStart } from "../../../src/adapters/lock/process-life.ts";

const now = Date.parse("2026-01-01T00:00:00Z");

function leaveLock(changes: Partial<LockRecord>, touchedAt = now) {
  const folder = mkdtempSync(join(tmpdir(), "qbo-locks-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, nameLockFile("acme"));
  const { pid } = process;
  const here = { host: "here", space: readProcessSpace(), pid, processStart: readProcessStart(pid) };
  writeFileSync(path, encodeLockRecord({ owner: "owner-of-this", since: now, ...here, ...changes }));
  utimesSync(path, touchedAt / 1000, touchedAt / 1000);
  const look = () => inspectLock("acme", { folder, host: "here", now });
  return { folder, path, look };
}

it("tells who holds a lock, and leaves everything as it is", () => {
  const { folder, look } = leaveLock({});
  const before = readdirSync(folder);
  expect(look()).toEqual({ holder: `process ${process.pid} on host here`, isAbandoned: false, since: now });
  expect(readdirSync(folder)).toEqual(before);
});

it("knows a holder that has ended, by its process or by its silence", () => {
  // Process 1 started at another moment than this.
  expect(leaveLock({ pid: 1, processStart: "1" }).look()?.isAbandoned).toBe(true);
  expect(leaveLock({ pid: 1, processStart: "1", host: "elsewhere" }).look()?.isAbandoned).toBe(false);
  expect(leaveLock({ pid: 1, processStart: "1", space: "another container" }).look()?.isAbandoned).toBe(false);
  expect(leaveLock({ host: "elsewhere" }, now - 91_000).look()?.isAbandoned).toBe(true);
  expect(leaveLock({ host: "elsewhere" }, now - 89_000).look()?.isAbandoned).toBe(false);
});

it("knows a lock that is free, and one that is torn", () => {
  const { path, look } = leaveLock({});
  writeFileSync(path, "{");
  utimesSync(path, now / 1000, now / 1000);
  expect(look()).toEqual({ holder: "an unknown process", isAbandoned: false, since: null });
  rmSync(path);
  expect(look()).toBe(undefined);
});
