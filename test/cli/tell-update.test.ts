import { expect, test } from "vitest";
import { tellUpdate } from "../../src/cli/tell-update.ts";
import { QboError } from "../../src/core/errors.ts";
import { createShutWorld } from "../world/shut-world.ts";

const globals = { json: false, quiet: false, verbose: false, debug: false, color: true, input: true };

/** What a run of the command tells besides its answer. */
async function run(
  command: string,
  {
    env = {},
    isTTY = true,
    ...changes
  }: Record<string, unknown> & { env?: Record<string, string>; isTTY?: boolean } = {},
) {
  const told: string[] = [];
  const world = createShutWorld({
    clock: { now: () => 0, sleep: async () => undefined },
    platform: { os: "linux", hostname: "here", pid: 1, version: "1.0.0" },
    updates: async () => ({
      address: "",
      readLook() {
        if (env["TROUBLE"]) throw new QboError("FILES_UNAVAILABLE", "The disk is full.");
        return { at: -86_400_000, newest: "2.0.0" };
      },
      writeLook: async () => undefined,
      lookInBackground: () => void told.push("looks"),
    }),
    notices: {
      inform: (text) => void told.push(text.slice(0, 10)),
      warn: (text) => void told.push(text),
      begin: () => () => undefined,
      count: () => ({ advance: () => undefined, end: () => undefined }),
    },
  });
  const stream = { isTTY, write: () => true };
  await tellUpdate({
    world,
    command,
    globals: { ...globals, ...changes },
    host: {
      version: "1.0.0",
      env,
      stdout: stream,
      stderr: stream,
      now: () => 0,
      parse: () => Promise.reject(new Error("nothing is parsed")),
      openWorld: () => world,
    },
  });
  return told;
}

test("a person at a terminal is told", async () => {
  expect(await run("status")).toEqual(["looks", "qbo 2.0.0 "]);
  expect(await run("status", { env: { QBO_NO_UPDATE_NOTICE: "0", CI: "false" } })).toHaveLength(2);
});

test.each(["token", "exec", "completion"])("%s tells nothing", async (command) =>
  expect(await run(command)).toEqual([]),
);

test.each([
  { json: true },
  { quiet: true },
  { isTTY: false },
  { env: { CI: "1" } },
  { env: { QBO_NO_UPDATE_NOTICE: "1" } },
])("with %j nobody is told", async (changes) => expect(await run("status", changes)).toEqual([]));

test("trouble with it is no trouble of the command", async () => {
  const env = { TROUBLE: "1" };
  expect(await run("status", { env })).toEqual([]);
  expect(await run("status", { env, debug: true })).toEqual(["The disk is full."]);
});
