import { execFileSync } from "node:child_process";
import { promises } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createHome, startQbo, type Home } from "./qbo-process.ts";

/** More than a pipe holds: whoever has written it knows that somebody reads. */
const plenty = " ".repeat(200_000);

/** A pipe that is never closed, as the one of a program that hangs. */
async function openPipe({ folder }: Home) {
  const path = join(folder, "pipe");
  execFileSync("sh", ["-c", 'mkfifo "$1"', "sh", path]);
  const handle = await promises.open(path, "r+");
  onTestFinished(() => handle.close());
  return { through: ["sh", "-c", `exec "$@" < '${path}'`, "sh"], isRead: () => handle.writeFile(plenty) };
}

test.each([
  ["SIGINT", ["import", "--stdin"]],
  ["SIGTERM", ["refresh", "--token-stdin", "--env", "sandbox"]],
  ["SIGHUP", ["app", "set", "--env", "sandbox", "--client-id", "ABc123", "--client-secret-stdin"]],
] as const)("the first %s ends the wait for stdin of qbo %s", async (signal, args) => {
  const home = createHome();
  const { through, isRead } = await openPipe(home);
  const running = startQbo([...args, "--json"], { home, through });
  await isRead();
  running.signal(signal);
  const { exitCode, stdout, stderr } = await running.ended;
  expect([exitCode, stdout]).toEqual([130, ""]);
  expect(stderr).toContain('"CANCELLED"');
});

test.each([
  ["import", "--no-refresh", "--file"],
  ["report", "--output"],
])("whoever waits at a pipe that nobody else opens can be ended: qbo %s", async (...args) => {
  const home = createHome();
  const pipe = join(home.folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const running = startQbo([...args, pipe], { home });
  // Nothing tells when it waits; where this is too short it ends all the same, and less is shown.
  await new Promise((resolve) => setTimeout(resolve, 700));
  for (const signal of ["SIGINT", "SIGINT"] as const) await running.signalAndWait(signal);
  running.signal("SIGINT");
  expect((await running.ended).stdout).toBe("");
});
