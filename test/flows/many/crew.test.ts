import { expect, it } from "vitest";
import { createCrew, type Turn } from "../../../src/flows/many/crew.ts";

/** A crew whose items do what they are told, step by step. */
function openCrew(most: number) {
  const turns = new Map<string, Turn>();
  const ends = new Map<string, () => void>();
  const log: string[] = [];
  const crew = createCrew<string>(most, async (item, turn) => {
    turns.set(item, turn);
    await new Promise<void>((resolve) => ends.set(item, resolve));
  });
  return {
    crew,
    log,
    begin: (...items: string[]) => items.forEach((item) => crew.begin(item)),
    ask: (item: string) =>
      void turns
        .get(item)
        ?.take()
        .then(
          () => log.push(item),
          () => log.push(`not ${item}`),
        ),
    pass: (item: string) => turns.get(item)?.pass(),
    finish: (item: string) => ends.get(item)?.(),
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

it("gives no more turns than there are, to those who asked first", async () => {
  const { crew, log, begin, ask, pass } = openCrew(4);
  begin("a", "b", "c", "d", "e");
  for (const item of ["e", "d", "c", "b", "a"]) ask(item);
  crew.goOn();
  await settle();
  expect(log).toEqual(["e", "d", "c", "b"]);
  pass("d");
  crew.goOn();
  await settle();
  expect(log).toEqual(["e", "d", "c", "b", "a"]);
});

it("lets a few get ready before it is their turn, and none where turns are few", () => {
  const count = (most: number) => {
    const { crew } = openCrew(most);
    let begun = 0;
    for (; crew.hasRoom(); begun += 1) crew.begin(String(begun));
    return begun;
  };
  expect([1, 2, 3, 4, 8, 64].map(count)).toEqual([1, 2, 3, 5, 10, 80]);
});

it("has room for others while some finish, but not for any number", async () => {
  const { crew, begin, ask, pass, finish } = openCrew(2);
  const all = ["a", "b", "c", "d"];
  for (const item of all) {
    expect(crew.hasRoom()).toBe(true);
    begin(item);
    ask(item);
    crew.goOn();
    await settle();
    pass(item);
  }
  expect(crew.hasRoom()).toBe(false);
  finish("a");
  await settle();
  expect(crew.hasRoom()).toBe(true);
});

it("sends home whoever waits, and nobody who has a turn", async () => {
  const { crew, log, begin, ask, finish } = openCrew(4);
  begin("a", "b");
  ask("a");
  crew.goOn();
  ask("b");
  crew.sendHome();
  ask("a");
  await settle();
  expect(log).toEqual(["a", "not b", "a"]);
  expect(crew.isBusy()).toBe(true);
  finish("a");
  finish("b");
  await settle();
  expect(crew.isBusy()).toBe(false);
});

it("tells of every change", async () => {
  const { crew, begin, ask, pass, finish } = openCrew(1);
  for (const step of [() => begin("a"), () => ask("a"), () => pass("a"), () => finish("a")].slice(1)) {
    if (!crew.isBusy()) begin("a");
    const change = crew.change();
    step();
    await change;
  }
  expect(crew.isBusy()).toBe(false);
});
