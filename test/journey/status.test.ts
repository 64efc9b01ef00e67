import { writeFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { runQbo } from "../world/run-qbo.ts";
import { createTestWorld, type TestWorld } from "../world/test-world.ts";

const day = 86_400;

let world: TestWorld;

const after = (days: number) => new Date(world.clock.now() + days * day * 1000).toISOString();
const qbo = (...argv: string[]) => runQbo(argv, world);
const list = async (...words: string[]) => {
  const outcome = await qbo("status", "--json", ...words);
  const { connections } = outcome.json<{ connections: { name: string; state: string; nextAction: string | null }[] }>();
  return connections;
};
const names = async (...words: string[]) => (await list(...words)).map(({ name }) => name);

/** One connection in each state, and two that only differ in how soon they end. */
beforeEach(async () => {
  world = createTestWorld();
  const entry = (name: string, index: number, change: object) => ({
    name,
    environment: index === 1 ? "production" : "sandbox",
    clientId: "ABc123",
    realmId: `100${index}`,
    companyName: `Company ${index}`,
    refreshToken: `refresh-${index}`,
    refreshTokenExpiresAt: after(90),
    ...change,
  });
  const soonOver = { accessToken: "access", expiresAt: after(0.04) };
  world.stdin = JSON.stringify([
    entry("a-ready", 1, soonOver),
    entry("b-stale", 2, {}),
    entry("c-expiring", 3, { refreshTokenExpiresAt: after(13), ...soonOver }),
    entry("d-capped", 4, { hardExpiresAt: after(10) }),
    entry("e-reconnect", 5, { refreshTokenExpiresAt: after(-1) }),
    entry("f-disconnected", 6, {}),
    entry("g-unknown", 7, { refreshTokenExpiresAt: undefined }),
  ]);
  await qbo("import", "--stdin", "--no-refresh");
  await qbo("revoke", "f-disconnected", "--local-only", "--yes");
});

describe("qbo status", () => {
  it("shows the most urgent first, with state and next action", async () => {
    expect((await list()).map(({ name, state, nextAction }) => [name, state, nextAction])).toEqual([
      ["e-reconnect", "reconnect", "qbo login e-reconnect"],
      ["d-capped", "expiring", "qbo login d-capped"],
      ["c-expiring", "expiring", "qbo refresh c-expiring"],
      ["b-stale", "stale", null],
      ["g-unknown", "stale", null],
      ["a-ready", "ready", null],
      ["f-disconnected", "disconnected", "qbo login f-disconnected"],
    ]);
  });

  it("follows the clock, offline", async () => {
    world.clock.advance(2 * 3600);
    expect(await list("a-ready")).toMatchObject([{ state: "stale" }]);
    world.clock.advance(80 * day);
    expect(await list("a-ready")).toMatchObject([{ state: "expiring" }]);
    world.clock.advance(10 * day);
    expect(await list("a-ready")).toMatchObject([{ state: "reconnect" }]);
  });

  it("says so when a filter fits none of them", async () => {
    const { stdout } = await runQbo(["status", "--env", "emulator"], world);
    expect(stdout).toMatch(/^None of the \d+ connections fits\.\n$/);
  });

  it.each([
    [["status", "--check"], "--env", "prodution", "CONFIG_INVALID", "Did you mean production?"],
    [["status", "--check"], "--app", "reprots", "APP_NOT_CONFIGURED", "There are "],
    [["refresh", "--all"], "--env", "nowhere", "CONFIG_INVALID", "There are sandbox, production, emulator."],
    [["revoke", "--all", "--yes"], "--env", "nowhere", "CONFIG_INVALID", "There are "],
    [["store", "move", "--all", "--to", "file"], "--app", "nothing", "APP_NOT_CONFIGURED", "There are "],
    [["schedule", "--for", "cron"], "--env", "nowhere", "CONFIG_INVALID", "There are "],
  ])(
    "is told of a name that nothing has, as others are about many: %j %s %s",
    async (command, flag, name, code, hint) => {
      const error = (await qbo(...command, flag, name, "--json")).error();
      expect(error).toMatchObject({ code, exitCode: 3 });
      expect(error.message).toContain(name);
      expect(error.hint).toContain(hint);
      world.env[flag === "--env" ? "QBO_ENV" : "QBO_APP"] = name;
      expect((await qbo(...command, "--json")).error()).toMatchObject({
        code,
        message: expect.stringContaining("set by QBO_"),
      });
    },
  );

  it("knows an app that variables make", async () => {
    Object.assign(world.env, { QBO_APP: "ci", QBO_CLIENT_ID: "ABci", QBO_CLIENT_SECRET: "secret" });
    expect(await list()).toEqual([]);
  });

  it("filters by environment, state and time left", async () => {
    expect(await names("--env", "production")).toEqual(["a-ready"]);
    expect(await names("--state", "ready,disconnected")).toEqual(["a-ready", "f-disconnected"]);
    expect(await names("--expiring-within", "12d")).toEqual(["e-reconnect", "d-capped"]);
    expect(await names("--expiring-within", "2w", "--state", "expiring")).toEqual(["d-capped", "c-expiring"]);
    expect(await names("c-expiring")).toEqual(["c-expiring"]);
  });

  it.each([
    [["--check"], 4],
    [["--fail-on", "reconnect"], 4],
    [["--fail-on", "disconnected"], 4],
    [["--check", "--env", "production"], 0],
    [["--check", "--env", "production", "--warn-within", "91d"], 4],
    [["--fail-on", "expiring", "--warn-within", "9d"], 0],
    [["--fail-on", "expiring", "--state", "ready"], 0],
    [[], 0],
  ])("exits as a monitor wants it for %j", async (words, exitCode) => {
    const outcome = await qbo("status", "--json", ...words);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.json()).toHaveProperty("connections");
    expect(outcome.stderr).toBe("");
  });

  it.each([
    ["--state", "fine"],
    ["--state", ""],
    ["--fail-on", "ready,no"],
    ["--expiring-within", "soon"],
    ["a-ready", "--all"],
    ["--group-by", "company"],
    ["--watch", "--check"],
  ])("refuses %s %s", async (...words) => {
    expect((await qbo("status", "--json", ...words)).error()).toMatchObject({ code: "USAGE", exitCode: 2 });
  });

  it("shows a person every connection and its expiries", async () => {
    const few = await qbo("status", "c-expiring");
    expect(few.stdout).toContain("c-expiring");
    for (const words of ["Company 3", "1003", "sandbox", "access token", "refresh token", "consent", "last refresh"]) {
      expect(few.stdout).toContain(words);
    }
    expect(few.stdout).toContain("next: qbo refresh c-expiring");
    const many = (await qbo("status")).stdout;
    expect(many).toContain("7 connections: 1 ready, 2 stale, 2 expiring, 1 reconnect, 1 disconnected");
    for (const { name } of await list()) expect(many).toContain(name);
  });

  it("counts as expiring what --warn-within says", async () => {
    expect(await list("--state", "expiring", "--warn-within", "11d")).toMatchObject([{ name: "d-capped" }]);
    expect(await list("a-ready", "--warn-within", "91d")).toMatchObject([
      { state: "expiring", nextAction: "qbo refresh a-ready" },
    ]);
  });

  it("makes a table of groups", async () => {
    const { stdout } = await qbo("status", "--group-by", "environment");
    const [production, sandbox] = [
      stdout.indexOf("\nproduction  1 ready\na-ready"),
      stdout.indexOf("\nsandbox  2 stale, "),
    ];
    expect(production).toBeGreaterThan(0);
    expect(sandbox).toBeGreaterThan(production);
  });

  it("shows what to do, and no expiry that means nothing", async () => {
    const { stdout } = await qbo("status");
    const lineOf = (name: string) => stdout.split("\n").find((line) => line.startsWith(name)) ?? "";
    expect(lineOf("c-expiring")).toMatch(/expiring +57 min +1[23] days .* qbo refresh c-expiring$/);
    expect(lineOf("f-disconnected")).toMatch(/disconnected +- +- .* qbo login f-disconnected$/);
    expect(lineOf("e-reconnect")).toMatch(/reconnect +\S+ +expired /);
    expect(lineOf("b-stale")).not.toContain("qbo");
  });

  it.each([[[]], [["--json"]]])("has nothing to watch on without a terminal: %j", async (words) => {
    expect((await qbo("status", "--watch", "--json", ...words)).error()).toMatchObject({ code: "USAGE" });
  });

  it("is not held up by a record that cannot be read, but says which", async () => {
    writeFileSync(`${world.paths.connections}/b-stale.json`, "{");
    const told = await qbo("status", "--json");
    expect([told.exitCode, told.stderr]).toEqual([0, expect.stringContaining("b-stale.json")]);
    expect(told.json<{ connections: unknown[] }>().connections).toHaveLength(6);
    expect((await qbo("status", "b-stale", "--json")).error()).toMatchObject({ code: "STORE_CORRUPT", exitCode: 7 });
    expect(await names("a-ready")).toEqual(["a-ready"]);
  });
});

describe("the client of a connection", () => {
  const configured = async () => (await list("b-stale")).map((report) => Reflect.get(report, "configuredClientId"));
  const setApp = (clientId: string) => qbo("app", "set", "--env", "sandbox", "--client-id", clientId);

  it("is told when another is configured by now", async () => {
    expect(await configured()).toEqual([null]);
    await setApp("ABc123");
    expect(await configured()).toEqual([null]);
    await setApp("Other9");
    expect(await configured()).toEqual(["Other9"]);
    expect((await qbo("status", "b-stale")).stdout).toContain("another client");
  });
});
