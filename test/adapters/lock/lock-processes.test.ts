import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { bundleDriver, useTemporaryFolder } from "../driver.ts";

const makeFolder = useTemporaryFolder();
const children: ChildProcess[] = [];
/** Milliseconds; twenty times the signs of life that the driver gives, so that a busy machine does not fool the tests. */
const shortStaleTime = "2000";
let driver = "";

beforeAll(async () => {
  driver = await bundleDriver("lock/lock-driver.ts", makeFolder());
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function start(...options: string[]) {
  const child = spawn(process.execPath, [driver, ...options], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  const exited = once(child, "exit").then(([code]): unknown => code);
  return { child, exited };
}

/** A process that holds the lock; `tell` ends its input and gives what it says about its ownership. */
async function startHolder(folder: string, staleAfter = shortStaleTime) {
  const { child, exited } = start("hold", folder, "0", staleAfter);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe("held");
  const tell = async (): Promise<unknown> => {
    child.stdin.end();
    return (await lines.next()).value;
  };
  return { child, exited, tell };
}

function makeCounter() {
  const folder = makeFolder();
  const log = join(folder, "log");
  writeFileSync(join(folder, "counter"), "0");
  writeFileSync(log, "");
  const readLog = () => readFileSync(log, "utf8").split("\n").slice(0, -1).map(Number);
  return {
    folder,
    readCounter: () => Number(readFileSync(join(folder, "counter"), "utf8")),
    readLog,
    /** Waits until more than `length` numbers are counted, however slowly the processes start. */
    waitForMore: (length: number) => vi.waitUntil(() => readLog().length > length, { interval: 2, timeout: 25_000 }),
  };
}

const countTo = (length: number) => Array.from({ length }, (_, index) => index + 1);

describe.skipIf(process.platform === "win32")("the lock between processes", () => {
  it("lets 24 processes count without missing one", async () => {
    const { folder, readCounter, readLog } = makeCounter();
    const codes = await Promise.all(Array.from({ length: 24 }, () => start("count", folder, "15").exited));
    expect(codes).toEqual(Array.from({ length: 24 }, () => 0));
    expect(readCounter()).toBe(360);
    expect(readLog()).toEqual(countTo(360));
    expect(readdirSync(join(folder, "locks"))).toEqual([]);
  });

  it("stays exclusive while holders and waiters are killed at any moment", async () => {
    const { folder, readCounter, readLog, waitForMore } = makeCounter();
    const victims = Array.from({ length: 14 }, () => start("count", folder, "1000"));
    await waitForMore(0);
    const survivors = Array.from({ length: 6 }, () => start("count", folder, "40"));
    for (const { child } of victims) {
      const counted = readLog().length;
      await wait(60);
      await waitForMore(counted);
      child.kill("SIGKILL");
    }
    expect(await Promise.all(survivors.map(({ exited }) => exited))).toEqual([0, 0, 0, 0, 0, 0]);
    await Promise.all(victims.map(({ exited }) => exited));

    // No number twice: never two at work at once. A victim may have died between counting and noting it down.
    const log = readLog();
    expect(new Set(log).size).toBe(log.length);
    expect(log).toEqual(log.toSorted((one, other) => one - other));
    expect(log.length).toBeGreaterThan(6 * 40);
    expect(readCounter() - log.length).toBeLessThanOrEqual(victims.length);
    expect(readCounter() - log.length).toBeGreaterThanOrEqual(0);
  });

  it("is taken over when its holder was killed", async () => {
    const { folder, readCounter } = makeCounter();
    const holder = await startHolder(folder);
    holder.child.kill("SIGKILL");
    await holder.exited;
    expect(await start("count", folder, "1").exited).toBe(0);
    expect(readCounter()).toBe(1);
  });

  it("is taken over by exactly one of many when its holder was killed", async () => {
    const { folder, readLog } = makeCounter();
    for (let round = 1; round <= 3; round += 1) {
      const holder = await startHolder(folder);
      const waiting = Array.from({ length: 8 }, () => start("count", folder, "2"));
      await wait(200);
      holder.child.kill("SIGKILL");
      await Promise.all(waiting.map(({ exited }) => exited));
      expect(readLog()).toEqual(countTo(16 * round));
    }
  });

  it("is kept for as long as its holder gives signs of life, well beyond the stale time", async () => {
    const { folder, readCounter } = makeCounter();
    // Twice as long as elsewhere: here a holder that gets no processor for that time would look like a fault.
    const staleTime = "4000";
    const holder = await startHolder(folder, staleTime);
    const waiter = start("count", folder, "1", staleTime);
    await wait(6000);
    expect(readCounter()).toBe(0);
    expect(await holder.tell()).toBe("owned");
    expect(await waiter.exited).toBe(0);
    expect(readCounter()).toBe(1);
  });

  it("is taken from a suspended holder, which notices it on waking and ends in order", async () => {
    const { folder, readCounter } = makeCounter();
    const holder = await startHolder(folder);
    holder.child.kill("SIGSTOP");
    expect(await start("count", folder, "1", shortStaleTime).exited).toBe(0);
    expect(readCounter()).toBe(1);

    const next = await startHolder(folder);
    holder.child.kill("SIGCONT");
    expect(await holder.tell()).toBe("LOCK_TIMED_OUT");
    expect(await holder.exited).toBe(0);
    expect(await next.tell()).toBe("owned");
    expect(await next.exited).toBe(0);
  });

  it("is still its holder's after a suspension in which nobody wanted it", async () => {
    const holder = await startHolder(makeCounter().folder);
    holder.child.kill("SIGSTOP");
    await wait(2500);
    holder.child.kill("SIGCONT");
    expect(await holder.tell()).toBe("owned");
  });
});
