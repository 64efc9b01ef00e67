import { expect, it } from "vitest";
import { asQboError, QboError } from "../../../src/core/errors.ts";
import type { Notices } from "../../../src/core/ports.ts";
import { workThrough } from "../../../src/flows/many/work-through.ts";

const away = new QboError("STORE_UNAVAILABLE", "The team store x cannot be reached.", {
  details: { isStoreAway: true },
});

/** Forty connections of a team and ten of this machine, eight at a time, while the team's store is away for so many seconds. */
async function run(seconds: number) {
  let now = 0;
  const attempts: { at: number; isOwn: boolean; atWork: number }[] = [];
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const silent = () => undefined;
  const notices: Notices = {
    begin: () => silent,
    warn: silent,
    inform: silent,

    count: () => ({ advance: silent, end: silent }),
  };
  const items = Array.from({ length: 50 }, (_, index) => ({ index, isOwn: index % 5 === 4 }));
  const done: number[] = [];
  let atWork = 0;
  const end = await workThrough({ clock, notices, interruption: new AbortController().signal }, items, {
    concurrency: 8,
    storeOf: ({ isOwn }) => (isOwn ? "file" : "team"),
    async work({ isOwn }, turn) {
      const sentHome = await turn.take().then(() => null, asQboError);
      if (sentHome) return { error: sentHome };
      atWork += isOwn ? 0 : 1;
      attempts.push({ at: now, isOwn, atWork });
      await new Promise((resolve) => setImmediate(resolve));
      atWork -= isOwn ? 0 : 1;
      return { error: !isOwn && now < seconds * 1000 ? away : null };
    },
    keep: (_result, { index }) => void done.push(index),
  });
  return { ...end, done, attempts, now };
}

it("finds out with one item at a time whether a store is back, and goes on with all of them then", async () => {
  const { left, storeAway, done, attempts } = await run(20);
  expect([left, storeAway, done.toSorted((a, b) => a - b)]).toEqual([
    [],
    null,
    Array.from({ length: 50 }, (_, i) => i),
  ]);
  // Of the first eight one is this machine's own. Who waited for a turn when the outage began gets none.
  expect(attempts.filter(({ at, isOwn }) => !isOwn && at === 0)).toHaveLength(7);
  const probes = attempts.filter(({ at, isOwn }) => !isOwn && at > 0 && at < 20_000);
  expect(probes.length).toBeGreaterThan(3);
  expect(probes.every(({ atWork }) => atWork === 1)).toBe(true);
  expect(Math.max(...attempts.map(({ atWork }) => atWork))).toBe(8);
});

it("gives a store a minute, and no more", async () => {
  expect((await run(50)).left).toEqual([]);
  const { left, storeAway, done, now } = await run(3600);
  expect([left.length, storeAway, done.length]).toEqual([40, away, 10]);
  expect(now).toBeGreaterThanOrEqual(60_000);
  expect(now).toBeLessThan(70_000);
});
