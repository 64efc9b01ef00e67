import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { LockOptions } from "../../../src/adapters/lock/lock.ts";
import { useTemporaryFolder } from "../driver.ts";
import { makeLock, name, plantHolder, touch } from "./lock-place.ts";
import type { Place } from "./lock-place.ts";

const makeTemporaryFolder = useTemporaryFolder();
const makePlace = (options?: Partial<LockOptions>) => makeLock(makeTemporaryFolder(), options);

describe("exclusively", () => {
  it("gives what the work gives and leaves nothing behind, also when the work fails", async () => {
    const { lock, folder } = makePlace();
    expect(await lock.exclusively(name, async () => 7)).toBe(7);
    const failure = new Error("of the work");
    await expect(lock.exclusively(name, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(process.platform === "win32")("keeps a file meanwhile that its owner alone can read", async () => {
    const { lock, folder, path } = makePlace();
    await lock.exclusively(name, async () => {
      expect(readdirSync(folder).map((file) => join(folder, file))).toEqual([path]);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid, host: "here" });
    });
  });

  it("lets one after the other work within a process, and different names at once", async () => {
    const { lock } = makePlace();
    let atWork = 0;
    const work = async () => {
      atWork += 1;
      expect(atWork).toBe(1);
      await breathe();
      atWork -= 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => lock.exclusively(name, work)));
    const inner = lock.exclusively(name, () => lock.exclusively("sandbox/ABc123/2", async () => "both"));
    expect(await inner).toBe("both");
  });
});

describe("a waiter", () => {
  const living = { pid: process.pid, host: "there" };

  /** A holder elsewhere that gives a sign of life all the time. */
  function plantLiving(place: Place): void {
    plantHolder(place, living);
    place.clock.onSleep = () => touch(place.path, place.clock.time);
  }

  it("leaves with what it polled, without the lock", async () => {
    const place = makePlace();
    plantLiving(place);
    let polls = 0;
    const poll = async () => ((polls += 1) < 5 ? undefined : "newer");
    expect(await place.lock.exclusively(name, async () => "work", { poll })).toBe("newer");
    expect(readdirSync(place.folder)).toHaveLength(1);
  });

  it("fails as the polling fails", async () => {
    const place = makePlace();
    plantLiving(place);
    const failure = new Error("cannot know");
    const waiting = place.lock.exclusively(name, async () => "work", { poll: () => Promise.reject(failure) });
    await expect(waiting).rejects.toBe(failure);
    expect(readdirSync(place.folder)).toHaveLength(1);
  });

  it("announces the holder once, after two seconds, and gives up after two minutes", async () => {
    const place = makePlace();
    plantLiving(place);
    const announced: { holder: string; after: number }[] = [];
    const announce = (holder: string) => announced.push({ holder, after: place.clock.slept });
    const waiting = place.lock.exclusively(name, async () => "work", { announce });
    await expect(waiting).rejects.toMatchObject({ code: "LOCK_TIMED_OUT", hint: expect.any(String) });
    await expect(waiting).rejects.toThrow(`process ${process.pid} on host there`);
    expect(announced.map(({ holder }) => holder)).toEqual([`process ${process.pid} on host there`]);
    expect(announced[0]?.after).toBeGreaterThanOrEqual(2000);
    expect(announced[0]?.after).toBeLessThan(2400);
    expect(place.clock.slept).toBeGreaterThanOrEqual(120_000);
    expect(place.clock.slept).toBeLessThan(120_400);
    expect(readdirSync(place.folder)).toHaveLength(1);
  });

  it("looks often at first and never more seldom than four times a second or so", async () => {
    const place = makePlace({ patience: 10_000 });
    plantLiving(place);
    const looks: number[] = [];
    const poll = async () => {
      looks.push(place.clock.slept);
      return undefined;
    };
    await expect(place.lock.exclusively(name, async () => "work", { poll })).rejects.toThrow("Waited 10 s");
    const pauses = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
    expect(pauses[0]).toBeLessThan(32);
    expect(Math.max(...pauses)).toBeLessThan(313);
    expect(new Set(pauses).size).toBeGreaterThan(10);
  });

  it("leaves when it is interrupted, and does not begin when it was before", async () => {
    const place = makePlace();
    plantLiving(place);
    const interruption = new AbortController();
    const poll = async () => {
      if (place.clock.slept > 500) interruption.abort();
      return undefined;
    };
    const { signal } = interruption;
    const waiting = place.lock.exclusively(name, async () => "work", { poll, signal });
    await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
    await expect(place.lock.exclusively(name, async () => "work", { signal })).rejects.toMatchObject({
      code: "CANCELLED",
    });
    expect(readdirSync(place.folder)).toHaveLength(1);
  });
});

describe("a holder", () => {
  it("owns its lock until somebody else has it, and does not remove somebody else's", async () => {
    const place = makePlace();
    await place.lock.exclusively(name, async (held) => {
      await held.assertOwned();
      plantHolder(place);
      await expect(held.assertOwned()).rejects.toMatchObject({ code: "LOCK_TIMED_OUT", hint: expect.any(String) });
    });
    expect(readFileSync(place.path, "utf8")).toContain("planted-owner");
  });

  it("has lost its lock as soon as somebody has won its succession", async () => {
    const place = makePlace();
    await place.lock.exclusively(name, async (held) => {
      const { owner }: { owner: string } = JSON.parse(readFileSync(place.path, "utf8"));
      plantHolder(place, {}, `${place.path}.${owner}.heir`);
      await expect(held.assertOwned()).rejects.toMatchObject({ code: "LOCK_TIMED_OUT" });
    });
    expect(existsSync(place.path)).toBe(true);
    expect(await place.lock.exclusively(name, async () => "taken")).toBe("taken");
    expect(readdirSync(place.folder)).toEqual([]);
  });

  it("gives signs of life", async () => {
    const place = makePlace({ heartbeat: 1 });
    await place.lock.exclusively(name, async () => {
      place.clock.time += 60_000;
      for (let look = 0; look < 10_000 && statSync(place.path).mtimeMs < place.clock.time; look += 1) await breathe();
      expect(statSync(place.path).mtimeMs).toBe(place.clock.time);
    });
  });
});

describe("a file system that fails", () => {
  it("is told with the path, before any work is done", async () => {
    const { lock, folder } = makePlace();
    writeFileSync(folder, "");
    let isDone = false;
    const attempt = lock.exclusively(name, async () => void (isDone = true));
    await expect(attempt).rejects.toMatchObject({ code: "FILES_UNAVAILABLE" });
    await expect(attempt).rejects.toThrow(folder);
    expect(isDone).toBe(false);
  });
});
