import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandGroups, commands } from "../../src/cli/commands.ts";
import { topicNames } from "../../src/cli/topics/topics.ts";
import { errorTable } from "../../src/core/errors.ts";
import { runQbo } from "../world/run-qbo.ts";
import { createTestWorld } from "../world/test-world.ts";

// What people read, as files. After a change on purpose: npm run test:unit -- -u test/golden, then read the difference.

const folder = join(import.meta.dirname, "files");
const names = [...commands.map(({ name }) => name), ...Object.keys(commandGroups), ...topicNames];
const fileOf = (name: string) => `help-${name.replaceAll(" ", "-")}.txt`;

async function readHelp(...words: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await runQbo(words, createTestWorld());
  expect([exitCode, stderr]).toEqual([0, ""]);
  return stdout;
}

describe("the help", () => {
  it("of the program is as it was", async () => {
    await expect(await readHelp("--help")).toMatchFileSnapshot(join(folder, "help.txt"));
  });

  it.each(names)("about %s is as it was", async (name) => {
    await expect(await readHelp("help", ...name.split(" "))).toMatchFileSnapshot(join(folder, fileOf(name)));
  });

  it.each(commands.map(({ name }) => name))("of %s is the same in both ways of asking", async (name) => {
    const words = name.split(" ");
    expect(await readHelp(...words, "--help")).toBe(await readHelp("help", ...words));
  });

  it("fits a terminal of 80 columns, but for commands to copy", async () => {
    for (const name of commands.map((command) => command.name)) {
      const text = await readHelp("help", ...name.split(" "));
      const [body = ""] = text.split("\nExamples:");
      for (const line of body.split("\n")) expect(line).toMatch(/^.{0,80}$/);
    }
  });

  it("shows for every command how it is used", () => {
    const without = commands.filter(({ name, examples }) => !examples.some(([line]) => line.includes(`qbo ${name}`)));
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it("has no file of something that is gone", () => {
    const expected = ["error-codes.txt", "help.txt", ...names.map(fileOf)];
    const found = readdirSync(folder).filter((file) => !file.startsWith("json-"));
    expect(expected).toEqual(expect.arrayContaining(found));
  });
});

describe("the error codes", () => {
  it("are as they were", async () => {
    const lines = Object.entries(errorTable).map(([code, { exitCode }]) => `${String(exitCode).padStart(3)}  ${code}`);
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(join(folder, "error-codes.txt"));
  });
});
