import { expect, it } from "vitest";
import { QboError } from "../../../src/core/errors.ts";
import { workThrough } from "../../../src/flows/many/work-through.ts";

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** A world in which waiting takes no time. */
function openWorld() {
  let now = 1_000_000;
  const clock = {
    now: () => now,
    async sleep(milliseconds: number) {
      now += milliseconds;
      await tick();
    },
  };
  const [nothing, progress] = [() => undefined, { advance: () => undefined, end: () => undefined }];
  const notices = { inform: nothing, warn: nothing, begin: () => nothing, count: () => progress };
  return { clock, notices, interruption: new AbortController().signal };
}

interface Result {
  item: number;
  error: QboError | null;
}

/** Works on so many items; answers how many were being asked about at a time, and what became of them. */
async function run(concurrency: number, count: number, answer: (item: number, attempt: number) => QboError | null) {
  const [asked, results, most] = [new Map<number, number>(), [] as Result[], { asking: 0 }];
  let asking = 0;
  const end = await workThrough<number, Result>(
    openWorld(),
    Array.from({ length: count }, (_, item) => item),
    {
      concurrency,
      storeOf: () => "file",
      async work(item, turn) {
        await tick();
        try {
          await turn.take();
        } catch (error) {
          if (error instanceof QboError) return { item, error };
          throw error;
        }
        asking += 1;
        most.asking = Math.max(most.asking, asking);
        asked.set(item, (asked.get(item) ?? 0) + 1);
        for (let wait = 0; wait < 5; wait += 1) await tick();
        asking -= 1;
        const error = answer(item, asked.get(item) ?? 0);
        if (error === null) turn.pass();
        await tick();
        return { item, error };
      },
      keep: (result) => void results.push(result),
    },
  );
  return { ...end, asked, results, most: most.asking };
}

it.each([1, 2, 4, 8])(
  "asks Intuit about %i at a time, no more and no fewer, and about each once",
  async (concurrency) => {
    const { most, asked, results, left } = await run(concurrency, 40, () => null);
    expect(most).toBe(concurrency);
    expect([...asked.values()]).toEqual(Array.from({ length: 40 }, () => 1));
    expect(results.map(({ item }) => item).toSorted((a, b) => a - b)).toEqual(
      [...asked.keys()].toSorted((a, b) => a - b),
    );
    expect(left).toEqual([]);
  },
);

it("lets nobody hold on to what is ready while Intuit throttles, and comes back to it", async () => {
  const throttled = new QboError("INTUIT_BUSY", "Slow down.", { details: { httpStatus: 429, retryAfter: 60 } });
  const { most, asked, results, endedBy } = await run(8, 30, (item, attempt) =>
    item === 3 && attempt === 1 ? throttled : null,
  );
  expect(endedBy).toBeNull();
  expect(most).toBeLessThanOrEqual(8);
  expect(results.map(({ error }) => error)).toEqual(Array.from({ length: 30 }, () => null));
  expect(asked.get(3)).toBe(2);
  expect([...asked.values()].reduce((sum, times) => sum + times)).toBe(31);
});

it("asks about nothing more once it has been told to stop", async () => {
  const broken = new Error("a defect");
  const { asked, left, endedBy } = await run(4, 20, (item) => {
    if (item === 0) throw broken;
    return null;
  });
  expect(endedBy).toBe(broken);
  expect(asked.size).toBe(4);
  expect(left.length).toBe(16);
});
