import { expect, test } from "vitest";
import { createKeeper } from "../golden/told.ts";
import { createHome, readAnswer, runQbo } from "./qbo-process.ts";

test("the demo does the whole job, tells a program its steps, and leaves nothing in the person's own home", async () => {
  const home = createHome();
  const ended = await createKeeper(new Set(), (...words) => runQbo(words, { home }))("demo", "demo");
  expect(ended).toMatchObject({ exitCode: 0 });
  const { steps } = readAnswer<{ steps: { title: string; command: string }[] }>(ended);
  expect(steps.map(({ command }) => command)).toEqual(
    expect.arrayContaining(["qbo login --env emulator", "qbo revoke --yes"]),
  );
  expect((await runQbo(["status", "--json"], { home })).stdout).toBe('{\n  "connections": []\n}\n');
});
