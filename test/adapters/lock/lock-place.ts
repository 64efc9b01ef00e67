import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { createLock } from "../../../src/adapters/lock/lock.ts";
import type { LockOptions } from "../../../src/adapters/lock/lock.ts";
import { encodeLockRecord, nameLockFile } from "../../../src/adapters/lock/lock-record.ts";
import type { LockRecord } from "../../../src/adapters/lock/lock-record.ts";
import { readProcessSpace } from "../../../src/adapters/lock/process-life.ts";

export const name = "sandbox/ABc123/9130350000000001";
/** Greater than any process ID that systems give. */
const deadPid = 2 ** 30;

/** A clock whose time passes by sleeping alone. `onSleep` is what the rest of the world does meanwhile. */
class SleepingClock {
  time = Date.parse("2026-01-02T03:04:05Z");
  slept = 0;
  onSleep: () => void = () => undefined;

  now = () => this.time;
  sleep = async (milliseconds: number) => {
    this.time += milliseconds;
    this.slept += milliseconds;
    this.onSleep();
    await breathe();
  };
}

/** A lock in `<parent>/locks`, and all that a test needs to play the others who want it. */
export function makeLock(parent: string, options: Partial<LockOptions> = {}) {
  const folder = join(parent, "locks");
  const clock = new SleepingClock();
  const random = { token: (bytes: number) => randomBytes(bytes).toString("base64url") };
  const lock = createLock({ folder, clock, random, host: "here", pid: process.pid, ...options });
  return { folder, clock, lock, path: join(folder, nameLockFile(name)) };
}

export type Place = ReturnType<typeof makeLock>;

/** Puts a lock there that another process holds. */
export function plantHolder({ folder, path, clock }: Place, holder: Partial<LockRecord> = {}, file = path): LockRecord {
  const record = {
    owner: "planted-owner",
    pid: deadPid,
    host: "here",
    space: readProcessSpace(),
    processStart: null,
    since: clock.time,
    ...holder,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, encodeLockRecord(record));
  touch(file, clock.time);
  return record;
}

export function touch(file: string, time: number): void {
  utimesSync(file, time / 1000, time / 1000);
}
