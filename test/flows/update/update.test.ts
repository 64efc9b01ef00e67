import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { createHttp } from "../../../src/adapters/http/http.ts";
import { createUpdates } from "../../../src/adapters/updates/updates.ts";
import { day, hour, type Instant } from "../../../src/core/instant.ts";
import { lookForUpdate } from "../../../src/flows/update/look-for-update.ts";
import { isNewer, noticeUpdate } from "../../../src/flows/update/update-notice.ts";
import { cleanUpAfterEach, startHttp } from "../../adapters/http/servers.ts";
import { findFreePort } from "../../world/free-port.ts";
import { createShutWorld } from "../../world/shut-world.ts";

cleanUpAfterEach();

const start = Date.parse("2026-03-01T10:00:00Z");

/** A machine with a registry of its own; how often that is asked is counted. */
async function openMachine(answer: { status?: number; body?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "qbo-update-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const registry = await startHttp((_request, response) => {
    response.writeHead(answer.status ?? 200, { "content-type": "application/json" }).end(answer.body ?? "{}");
  });
  let now: Instant = start;
  const told: string[] = [];
  const [mark, work] = [join(folder, "started"), "require('node:fs').appendFileSync(process.argv[1], '1')"];
  const open = (address: string) => {
    const lookCommand = { command: process.execPath, args: ["-e", work, mark] };
    return createShutWorld({
      clock: { now: () => now, sleep: async () => undefined },
      platform: { os: "linux", hostname: "here", pid: 1, version: "1.4.0" },
      http: async () => createHttp({ env: {}, version: "1.4.0" }),
      updates: async () => createUpdates({ folder, lookCommand, env: {}, address }),
      notices: {
        inform: (text) => void told.push(text),
        warn: (text) => void told.push(text),
        begin: () => () => undefined,
        count: () => ({ advance: () => undefined, end: () => undefined }),
      },
    });
  };
  const world = open(`http://127.0.0.1:${registry.port}/qbo-cli/latest`);
  return {
    folder,
    world,
    told,
    open,
    connections: () => registry.connections(),
    look: (at = world) => lookForUpdate(at, new AbortController().signal),
    letPass: (time: number) => (now += time),
    readNewest: async () => (await world.updates()).readLook()?.newest,
    wasStarted: () => existsSync(mark),
  };
}

async function untilStarted(machine: { wasStarted(): boolean }): Promise<void> {
  await expect.poll(() => machine.wasStarted(), { timeout: 20_000 }).toBe(true);
}

test("what was found is told a day later, once, and the next look is started then", async () => {
  const machine = await openMachine({ body: '{"name":"qbo-cli","version":"1.10.0"}' });
  await machine.look();
  await noticeUpdate(machine.world);
  expect([machine.told, machine.wasStarted()]).toEqual([[], false]);
  machine.letPass(day);
  await noticeUpdate(machine.world);
  await untilStarted(machine);
  await machine.look();
  await noticeUpdate(machine.world);
  expect(machine.told).toEqual([
    expect.stringMatching(
      /^qbo 1\.10\.0 is there; this is 1\.4\.0\..*npm install -g qbo-cli\..*QBO_NO_UPDATE_NOTICE=1$/,
    ),
  ]);
});

test("the registry is asked once a day, also when it cannot be reached", async () => {
  const machine = await openMachine({ body: '{"version":"1.5.0"}' });
  for (let hours = 0; hours < 48; hours += 6) {
    await machine.look();
    machine.letPass(6 * hour);
  }
  expect(machine.connections()).toBe(2);
  const offline = machine.open(`http://127.0.0.1:${await findFreePort()}/`);
  await expect(machine.look(offline)).rejects.toThrow("could not be reached");
  await machine.look(offline);
  expect(await machine.readNewest()).toBe("1.5.0");
});

describe("an answer that is none changes nothing", () => {
  it.each<[string, { status?: number; body?: string }]>([
    ["not found", { status: 404, body: '{"version":"9.9.9"}' }],
    ["elsewhere", { status: 302, body: '{"version":"9.9.9"}' }],
    ["garbage", { body: "\u0000\u001b]0;title\u0007" }],
    ["a page", { body: "<!doctype html><title>Sign in to the network</title>" }],
    ["no version", { body: "[]" }],
    ["a number", { body: '{"version":9}' }],
    ["control characters", { body: '{"version":"9.9.9\\u001b[2J"}' }],
    ["a command", { body: '{"version":"9.9.9; rm -rf ~"}' }],
    ["an endless number", { body: `{"version":"${"9".repeat(5000)}.0.0"}` }],
    ["one before its release", { body: '{"version":"9.9.9-beta.1"}' }],
    ["a very deep one", { body: "[".repeat(100_000) }],
    ["a huge one", { body: `{"version":"9.9.9","readme":"${"x".repeat(300_000)}"}` }],
  ])("%s", async (_what, answer) => {
    const machine = await openMachine(answer);
    await machine.look().catch((error: unknown) => expect(String(error)).toContain("too large"));
    expect(await machine.readNewest()).toBe(null);
    machine.letPass(day);
    await noticeUpdate(machine.world);
    expect(machine.told).toEqual([]);
    await untilStarted(machine);
  });
});

test.each([
  ["garbage", "\u001b[31m"],
  ["a version that is none", '{"at":"2026-02-01T10:00:00Z","newest":"9.9.9\\u001b[2J"}'],
  ["a wrong type", '{"at":"2026-02-01T10:00:00Z","newest":[9]}'],
  ["a list", "[]"],
  ["a look in the future", '{"at":"2036-02-01T10:00:00Z","newest":null}'],
])("%s where looks are kept is inert, and the next look replaces it", async (_what, text) => {
  const machine = await openMachine({ body: '{"version":"1.5.0"}' });
  writeFileSync(join(machine.folder, "update.json"), text);
  await noticeUpdate(machine.world);
  expect(machine.told).toEqual([]);
  await untilStarted(machine);
  await machine.look();
  expect(await machine.readNewest()).toBe("1.5.0");
});

test.skipIf(process.platform === "win32")("the look is a file of its owner's", async () => {
  const machine = await openMachine({ body: '{"version":"1.5.0"}' });
  await machine.look();
  expect(statSync(join(machine.folder, "update.json")).mode & 0o777).toBe(0o600);
});

test("where the look could not be kept, none is started, and no folder is made", async () => {
  const machine = await openMachine();
  const folder = join(machine.folder, "not", "there");
  const lookCommand = { command: process.execPath, args: ["-e", "0"] };
  const world = createShutWorld({
    ...machine.world,
    updates: async () => createUpdates({ folder, lookCommand, env: {} }),
  });
  await noticeUpdate(world);
  expect(existsSync(folder)).toBe(false);
});

test.each([
  ["1.4.0", "1.4.0", false],
  ["1.4.1", "1.4.0", true],
  ["1.10.0", "1.9.9", true],
  ["2.0.0", "10.0.0", false],
  ["1.4.0", "1.4.0-beta.2", true],
  ["1.3.9", "1.4.0-beta.2", false],
  ["1.4.0", "unknown", false],
])("%s after %s: %s", (newest, running, expected) => expect(isNewer(newest, running)).toBe(expected));
