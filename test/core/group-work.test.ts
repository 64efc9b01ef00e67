import { expect, it } from "vitest";
import { groupWork } from "../../src/core/group-work.ts";

/** Work that ends when it is told to. */
function openWork() {
  const turns: { items: readonly string[]; end: (error?: Error) => void }[] = [];
  const ask = groupWork(
    (items: readonly string[]) =>
      new Promise<void>((resolve, reject) => {
        turns.push({ items, end: (error) => (error ? reject(error) : resolve()) });
      }),
  );
  return { turns, ask };
}

/** Long enough for everything that waits for nothing. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

it("does one thing alone at once", async () => {
  const { turns, ask } = openWork();
  const asked = ask("one");
  await settle();
  expect(turns.map(({ items }) => items)).toEqual([["one"]]);
  turns[0]?.end();
  await asked;
});

it("does together what is asked for while it is at work, in its order", async () => {
  const { turns, ask } = openWork();
  const first = ask("one");
  await settle();
  const rest = Promise.all([ask("two"), ask("three"), ask("four")]);
  await settle();
  expect(turns.length).toBe(1);
  turns[0]?.end();
  await first;
  await settle();
  expect(turns.map(({ items }) => items)).toEqual([["one"], ["two", "three", "four"]]);
  turns[1]?.end();
  await rest;
});

it("lets those hear of a failure whose turn failed, and goes on", async () => {
  const { turns, ask } = openWork();
  const outcomes: string[] = [];
  const note = (name: string, asked: Promise<void>) =>
    asked.then(
      () => outcomes.push(`${name} done`),
      (error: Error) => outcomes.push(`${name} ${error.message}`),
    );
  const first = note("one", ask("one"));
  await settle();
  const second = note("two", ask("two"));
  turns[0]?.end(new Error("full"));
  await first;
  await settle();
  const third = note("three", ask("three"));
  turns[1]?.end();
  await settle();
  turns[2]?.end();
  await Promise.all([second, third]);
  expect(outcomes).toEqual(["one full", "two done", "three done"]);
});
