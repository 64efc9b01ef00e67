// needs: postgresql, tmux
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { schemaVersion } from "../../src/adapters/postgres/sheet.ts";
import type { Emulator, EmulatorOptions } from "../../src/emulator/emulator.ts";
import { control, countEffects, start } from "../emulator/emulator-client.ts";
import { createKeeper } from "../golden/told.ts";
import { type AnswerGate, startAnswerGate } from "./answer-gate.ts";
import { fromNow, listFiles, readFacts, seed, seedExpired } from "./connections.ts";
import { startCuttingProxy } from "./cutting-proxy.ts";
import { type Cluster, passwords, startCluster, type TeamDatabase } from "./postgres-cluster.ts";
import { createHome, type Home, readAnswer, readError, type RunOptions, runQbo, startQbo } from "./qbo-process.ts";
import { openTerminal } from "./terminal.ts";

const crowd = Number(process.env["TEST_PROCESSES"] ?? 15);
const strict = { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" };

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.close());

type Machine = RunOptions & { home: Home; emulator: Emulator };

interface Scene {
  emulator: Emulator;
  gate: AnswerGate;
  database: TeamDatabase;
  /** Two homes that know nothing of each other but the store. */
  one: Machine;
  two: Machine;
}

async function openScene(options: Partial<EmulatorOptions> = {}): Promise<Scene> {
  const gate = await startAnswerGate(await start(options));
  const { emulator } = gate;
  const database = await cluster.createDatabase();
  const open = (role: "keeper" | "member"): Machine => ({
    home: createHome(),
    emulator,
    env: { QBO_STORE: database.address(role) },
  });
  const { grants } = readAnswer<{ grants: string[] }>(await runQbo(["store", "init", "--json"], open("keeper")));
  await database.query(grants.map((line) => line.replace("<role>", "member")).join("\n"));
  return { emulator, gate, database, one: open("keeper"), two: open("member") };
}

function withoutPassword(address = ""): string {
  return address.replace(/:[^:@/]+@/, "@");
}

describe("qbo store init", () => {
  test("says what it did, does it once, and names no password", async () => {
    const database = await cluster.createDatabase();
    const options = { home: createHome(), env: { QBO_STORE: database.address("keeper") } };
    const first = await runQbo(["store", "init", "--debug", "--verbose"], options);
    expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Made the tables") });
    expect(first.stdout).toContain("GRANT USAGE ON SCHEMA qbo TO <role>;");
    const second = await runQbo(["store", "init"], options);
    expect(second.stdout).toMatch(/is up to date .* nothing was changed/);
    const store = `postgres://keeper@127.0.0.1:${cluster.port}/${database.name}`;
    const answer = readAnswer(await runQbo(["store", "init", "--store", store, "--json"], options));
    expect(answer).toMatchObject({ store, outcome: "current", version: schemaVersion });
    expect(`${first.stdout}${first.stderr}${second.stdout}`).not.toContain(passwords.keeper);
  });

  test("answers in JSON as it did", async () => {
    const database = await cluster.createDatabase();
    const options = { home: createHome(), env: { QBO_STORE: database.address("keeper") } };
    const keep = createKeeper(new Set(), (...words) => runQbo(words, options));
    expect(readAnswer(await keep("store-init", "store", "init"))).toMatchObject({ outcome: "created" });
    const second = await keep("store-init-current", "store", "init");
    expect(readAnswer(second)).toMatchObject({ outcome: "current", versionBefore: expect.any(Number) });
  });

  test("is refused for another key, for a store that needs none, and for a role that may not", async () => {
    const { database, one } = await openScene();
    const otherKey = { ...one.env, QBO_STORE_KEY: Buffer.alloc(32, 5).toString("base64") };
    const wrong = readError(await runQbo(["store", "init", "--json"], { ...one, env: otherKey }));
    expect(wrong).toMatchObject({ code: "STORE_CORRUPT", message: expect.stringContaining("sealed with another key") });
    const files = readError(await runQbo(["store", "init", "--json"], { home: createHome() }));
    expect(files).toMatchObject({ code: "USAGE", exitCode: 2 });
    await database.query("DROP SCHEMA qbo CASCADE");
    const member = readError(
      await runQbo(["store", "init", "--json"], { ...one, env: { QBO_STORE: database.address("member") } }),
    );
    expect(member).toMatchObject({ code: "STORE_UNAVAILABLE", message: expect.stringContaining("denies this role") });
    const missing = readError(await runQbo(["status", "--json"], one));
    expect(missing).toMatchObject({ code: "STORE_UNAVAILABLE", hint: expect.stringContaining("qbo store init") });
  });
});

describe("two machines with one store", () => {
  test("know each other's connections, use them and remember what the other did", async () => {
    const scene = await openScene();
    const { one, two } = scene;
    const { accessToken, realmId } = await seedExpired(one);
    expect(readFacts(one.home)).toEqual([]);
    const refreshed = await runQbo(["token", "c1"], two);
    expect(refreshed).toMatchObject({ exitCode: 0, stderr: "" });
    expect(refreshed.stdout).not.toContain(accessToken);
    expect((await runQbo(["token", realmId], one)).stdout).toBe(refreshed.stdout);
    const { connections } = readAnswer<{ connections: object[] }>(await runQbo(["status", "--json"], two));
    const store = `postgres://member@127.0.0.1:${cluster.port}/${scene.database.name}`;
    expect(connections).toMatchObject([{ name: "c1", state: "ready", store, lastRefresh: { outcome: "ok" } }]);
    const { events } = readAnswer<{ events: { event: string }[] }>(await runQbo(["history", "--json"], one));
    expect(events.map(({ event }) => event)).toEqual(["imported", "refresh-started", "refreshed"]);
    expect(readAnswer(await runQbo(["doctor", "c1", "--json"], two))).toMatchObject({ verdict: null });
    readAnswer(await runQbo(["rename", "c1", "acme", "--json"], two));
    readAnswer(await runQbo(["revoke", "acme", "--yes", "--json"], one));
    expect(readError(await runQbo(["token", "acme", "--json"], two))).toMatchObject({ code: "NOT_CONNECTED" });
  });

  test("keep what is their own to themselves, and go on with it while the team store is down", async () => {
    const { one, two, database } = await openScene();
    const own = { ...one, env: { QBO_STORE: "file" } };
    const [mine] = await seed(own);
    await seed(two, 1, { name: "theirs" });
    const names = async (machine: Machine) => {
      const { connections } = readAnswer<{ connections: { name: string }[] }>(
        await runQbo(["status", "--json"], machine),
      );
      return connections.map(({ name }) => name).toSorted();
    };
    expect([await names(own), await names(one), await names(two)]).toEqual([["c1"], ["c1", "theirs"], ["theirs"]]);
    const clash = readError(await runQbo(["rename", "theirs", "c1", "--json"], one));
    expect(clash).toMatchObject({ code: "USAGE", message: expect.stringContaining("exists already") });
    const down = { ...one, env: { QBO_STORE: database.address("keeper").replace(/:\d+\//, ":1/") } };
    expect((await runQbo(["token", "c1"], down)).stdout).toBe(`${mine?.accessToken}\n`);
    expect((await runQbo(["refresh", "c1"], down)).exitCode).toBe(0);
    const unknown = readError(await runQbo(["token", "theirs", "--json"], down));
    expect(unknown).toMatchObject({ code: "STORE_UNAVAILABLE", exitCode: 7 });
  });

  test("may have it in their configuration, but not its password", async () => {
    const { one, two, database } = await openScene();
    await seed(one);
    const store = database.address("member").replace(`:${passwords.member}`, "");
    const configured = { ...two, env: { QBO_STORE: undefined, PGPASSWORD: passwords.member } };
    writeFileSync(join(two.home.config, "config.json"), JSON.stringify({ store }));
    expect((await runQbo(["token", "c1"], configured)).stdout).toMatch(/^\S{100,}\n$/);
    const passwordFile = join(two.home.folder, "pgpass");
    writeFileSync(passwordFile, `127.0.0.1:*:*:member:${passwords.member}\n`, { mode: 0o600 });
    const env = { QBO_STORE: undefined, PGPASSFILE: passwordFile };
    expect((await runQbo(["token", "c1"], { ...two, env })).stdout).toMatch(/^\S{100,}\n$/);
    writeFileSync(join(two.home.config, "config.json"), JSON.stringify({ store: database.address("member") }));
    const refused = readError(await runQbo(["token", "c1", "--json"], configured));
    expect(refused).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("must hold no password"),
    });
    expect(refused.message).not.toContain(passwords.member);
  });

  test("cannot read anything with another key, and say so", async () => {
    const { one, two } = await openScene();
    await seed(one);
    const env = { ...two.env, QBO_STORE_KEY: Buffer.alloc(32, 5).toString("base64") };
    const error = readError(await runQbo(["token", "c1", "--json"], { ...two, env }));
    expect(error).toMatchObject({ code: "STORE_CORRUPT", message: expect.stringContaining("sealed with another key") });
    const none = readError(
      await runQbo(["token", "c1", "--json"], { ...two, env: { ...two.env, QBO_STORE_KEY: undefined } }),
    );
    expect(none).toMatchObject({ code: "STORE_UNAVAILABLE", message: expect.stringContaining("QBO_STORE_KEY") });
  });

  test(`${crowd} processes on each cause exactly one refresh`, async () => {
    const scene = await openScene({ latencyMs: 200 });
    const { one, two, emulator } = scene;
    await control(emulator, "policy", strict);
    await seedExpired(one);
    const all = await Promise.all(
      [one, two].flatMap((machine) => Array.from({ length: crowd }, () => runQbo(["token", "c1"], machine))),
    );
    for (const { exitCode, stderr } of all) expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr });
    expect(new Set(all.map(({ stdout }) => stdout)).size).toBe(1);
    expect(await countEffects(emulator)).toMatchObject({ refreshes: 1, rejectedRefreshes: 0 });
  });

  test("leave no secret in the database, and none on the machine", async () => {
    const { one, two, database } = await openScene();
    const [connection] = await seed(one, 1, { clientId: "ABclient1", clientSecret: "a-recognisable-client-secret" });
    const token = (await runQbo(["token"], two)).stdout.trim();
    expect(token).toBe(connection?.accessToken);
    const dump = database.dump();
    expect(dump).toContain("COPY qbo.secret");
    for (const secret of [token, connection?.refreshToken ?? "", "a-recognisable-client-secret"]) {
      for (const form of [secret, Buffer.from(secret).toString("base64"), Buffer.from(secret).toString("hex")]) {
        expect(dump.includes(form.slice(0, 24))).toBe(false);
      }
    }
    expect(listFiles(one.home.folder).filter((path) => /secrets|connections|clients/.test(path))).toEqual([]);
  });
});

test("qbo store rekey gives the team store another key, for everybody", async () => {
  const { one, two } = await openScene();
  const [connection] = await seed(one, 1, { clientId: "ABclient1", clientSecret: "a-recognisable-client-secret" });
  const newKey = Buffer.alloc(32, 5).toString("base64");
  const args = ["store", "rekey", "--new-key-stdin", "--json"];
  expect(readError(await runQbo(args, { ...two, stdin: newKey }))).toMatchObject({ code: "STORE_UNAVAILABLE" });
  const answer = readAnswer<{ to: string }>(await runQbo(args, { ...one, stdin: newKey }));
  expect(answer).toMatchObject({ finished: true, keys: [{ key: answer.to, records: 2 }] });
  expect(readError(await runQbo(["token", "--json"], two))).toMatchObject({ code: "STORE_CORRUPT" });
  const renewed = { ...two, env: { ...two.env, QBO_STORE_KEY: newKey } };
  expect((await runQbo(["token"], renewed)).stdout).toBe(`${connection?.accessToken}\n`);
});

test("qbo store move brings connections into the team store, and back out of it", async () => {
  const { one, two, database } = await openScene();
  const own = { ...one, env: { QBO_STORE: "file" } };
  const { accessToken } = await seedExpired(own, { accessTokenExpiresAt: fromNow(3600) });
  const team = `postgres://keeper@127.0.0.1:${cluster.port}/${database.name}`;
  readAnswer(await runQbo(["store", "move", "--all", "--to", team, "--json"], one));
  expect((await runQbo(["token", "c1"], two)).stdout).toBe(`${accessToken}\n`);
  expect(readFacts(one.home)).toEqual([]);
  readAnswer(await runQbo(["store", "move", "c1", "--to", "file", "--json"], one));
  expect((await runQbo(["token", "c1"], own)).stdout).toBe(`${accessToken}\n`);
  expect(readError(await runQbo(["token", "c1", "--json"], two))).toMatchObject({ code: "NOT_CONNECTED" });
});

test("what happens after a move is remembered where the connection is then", async () => {
  const { one, two, database } = await openScene();
  const own = { ...one, env: { QBO_STORE: "file" } };
  const seeded = await seed(own, 3);
  const told = async (machine: Machine) => {
    const { events } = readAnswer<{ events: { event: string; connection: string }[] }>(
      await runQbo(["history", "--json"], machine),
    );
    return events.map(({ event, connection }) => `${connection.split("/")[2]} ${event}`);
  };
  const store = withoutPassword(database.address("keeper"));
  readAnswer(await runQbo(["store", "move", "--all", "--to", store, "--json"], one));
  expect(await told(two)).toEqual(seeded.map(({ realmId }) => `${realmId} moved`));
  const entries = ["a", "b"].map((name, index) =>
    JSON.stringify({ environment: "emulator", name, realmId: `913035000000007${index}`, refreshToken: "r".repeat(50) }),
  );
  const brought = ["import", "--stdin", "--no-refresh", "--store", "file", "--json"];
  readAnswer(await runQbo(brought, { ...one, stdin: entries.join("\n") }));
  expect(await told(two)).toHaveLength(3);
  expect(await told(own)).toEqual(expect.arrayContaining(["9130350000000070 imported", "9130350000000071 imported"]));
});

test("files with a key of their own go on beside a team store, and can be moved into it", async () => {
  const { one, two } = await openScene();
  const before = { ...one, env: { QBO_STORE: "file", QBO_STORE_KEY: undefined } };
  const [mine] = await seed(before);
  expect((await runQbo(["token", "c1"], one)).stdout).toBe(`${mine?.accessToken}\n`);
  readAnswer(await runQbo(["refresh", "c1", "--json"], one));
  const { stdout } = await runQbo(["token", "c1"], before);
  readAnswer(await runQbo(["store", "move", "--all", "--to", withoutPassword(one.env?.["QBO_STORE"]), "--json"], one));
  expect((await runQbo(["token", "c1"], two)).stdout).toBe(stdout);
});

test("nothing is put into a team store that was not chosen, because nobody would see it", async () => {
  const { one, two, database } = await openScene();
  const own = { ...one, env: { QBO_STORE: "file" } };
  const [mine] = await seed(own);
  const store = withoutPassword(database.address("keeper"));
  const entry = JSON.stringify({ environment: "emulator", realmId: "9130350000000077", refreshToken: "r".repeat(50) });
  for (const args of [
    ["store", "move", "--all", "--to", store],
    ["login", "--env", "emulator", "--store", store],
    ["import", "--stdin", "--store", store],
  ]) {
    const refused = readError(await runQbo([...args, "--json"], { ...own, stdin: entry }));
    expect(refused).toMatchObject({ code: "USAGE", message: expect.stringContaining("not the chosen one") });
  }
  expect((await runQbo(["token", "c1"], own)).stdout).toBe(`${mine?.accessToken}\n`);
  expect(readAnswer(await runQbo(["status", "--json"], two))).toEqual({ connections: [] });
});

describe("what breaks in the middle of a refresh loses nothing", () => {
  async function startSlowRefresh() {
    const scene = await openScene();
    await control(scene.emulator, "policy", strict);
    await seedExpired(scene.one);
    scene.gate.keep("token", { count: 1 });
    const running = startQbo(["refresh", "--json"], scene.one);
    await scene.gate.awaitKept(1);
    return { scene, running };
  }

  test("a server that restarts meanwhile", async () => {
    const { scene, running } = await startSlowRefresh();
    await cluster.stop("immediate");
    await cluster.start();
    scene.gate.open();
    readAnswer(await running.ended);
    readAnswer(await runQbo(["refresh", "--json"], scene.two));
    expect(await countEffects(scene.emulator)).toMatchObject({ refreshes: 2, rejectedRefreshes: 0 });
  });

  test("a server that is gone when the tokens are to be saved", async () => {
    const { scene, running } = await startSlowRefresh();
    await cluster.stop("immediate");
    scene.gate.open();
    const error = readError(await running.ended);
    await cluster.start();
    expect(error).toMatchObject({ code: "STORE_UNAVAILABLE", exitCode: 7, connection: "c1" });
    expect(error.hint).toContain("qbo refresh c1");
    const { stdout, stderr } = await runQbo(["token", "c1"], scene.one);
    expect({ stdout, stderr }).toEqual({
      stdout: expect.stringMatching(/^\S{100,}\n$/),
      stderr: expect.stringContaining("brought back"),
    });
    expect((await runQbo(["token", "c1"], scene.two)).stdout).toBe(stdout);
    expect(await countEffects(scene.emulator)).toMatchObject({ refreshes: 1, rejectedRefreshes: 0 });
    const { events } = readAnswer<{ events: { event: string }[] }>(await runQbo(["history", "--json"], scene.one));
    expect(events.map(({ event }) => event)).toContain("refresh-started");
  });

  test("a process that is killed while it holds the connection", async () => {
    const scene = await openScene();
    await seedExpired(scene.one);
    scene.gate.keep("token", { count: 1 });
    const running = startQbo(["token"], { ...scene.one, through: ["sh", "-c", '"$@" & echo "$!" >&2; wait', "sh"] });
    const [pid = ""] = await running.waitFor(/^\d+$/m);
    await scene.gate.awaitKept(1);
    const waiting = startQbo(["token"], scene.two);
    await waiting.waitFor(new RegExp(`Waiting for (process ${pid} on|another process)`));
    process.kill(Number(pid), "SIGKILL");
    await running.ended;
    expect((await waiting.ended).stdout).toMatch(/^\S{100,}\n$/);
  });
});

test("qbo refresh --all on two machines at once shares the work", async () => {
  const { one, two, gate, emulator } = await openScene({ latencyMs: 50 });
  await control(emulator, "policy", strict);
  const count = 12;
  await seed(one, count, { accessTokenExpiresAt: fromNow(-3600) });
  const run = async (machine: Machine) =>
    readAnswer<Record<"refreshed" | "unchanged" | "failed", number>>(
      await runQbo(["refresh", "--all", "--json", "--concurrency", "2"], machine),
    );
  gate.keep("token");
  const running = Promise.all([run(one), run(two)]);
  // Two at a time on each: both are at work.
  await gate.awaitKept(4);
  gate.open();
  const [mine, theirs] = await running;
  expect(await countEffects(emulator)).toMatchObject({ refreshes: count, rejectedRefreshes: 0 });
  expect(mine.refreshed + theirs.refreshed).toBe(count);
  expect([mine.refreshed + mine.unchanged, theirs.refreshed + theirs.unchanged]).toEqual([count, count]);
  expect(Math.min(mine.refreshed, theirs.refreshed)).toBeGreaterThan(0);
});

test("qbo refresh --all waits for a server that restarts, and no connection fails", async () => {
  const scene = await openScene();
  await control(scene.emulator, "policy", strict);
  const count = 12;
  await seed(scene.one, count, { accessTokenExpiresAt: fromNow(-3600) });
  scene.gate.keep("token");
  const running = startQbo(["refresh", "--all", "--json", "--concurrency", "2"], scene.one);
  await scene.gate.awaitKept(2);
  await cluster.stop("immediate");
  scene.gate.open();
  await running.waitFor(/Waiting up to 1 min/);
  await cluster.start();
  const ended = await running.ended;
  expect(readAnswer(ended)).toMatchObject({ refreshed: count, unchanged: 0, failed: 0 });
  expect(ended.stderr.split("Waiting up to").length - 1).toBe(1);
  expect(await countEffects(scene.emulator)).toMatchObject({ refreshes: count, rejectedRefreshes: 0 });
});

test("a journal of the whole team does not travel for the sake of one connection", async () => {
  const { one, database } = await openScene();
  await seed(one, 2);
  const [found] = await database.query("SELECT id FROM qbo.connection WHERE name = 'c2'");
  const connection = String(found?.["id"]);
  await database.query(
    `INSERT INTO qbo.event (connection, line) SELECT '${connection}', replace(line, 'imported', 'refreshed')
      FROM (SELECT line FROM qbo.event WHERE connection = '${connection}') AS known, generate_series(1, 20000)`,
  );
  const proxy = await startCuttingProxy(cluster.port);
  onTestFinished(proxy.close);
  const address = (one.env?.["QBO_STORE"] ?? "").replace(`:${cluster.port}/`, `:${proxy.port}/`);
  const through = { ...one, env: { QBO_STORE: address } };
  const measure = async (...args: string[]) => {
    const before = proxy.countAnswered();
    const { exitCode, stdout } = await runQbo(args, through);
    return { exitCode, stdout, isShort: proxy.countAnswered() - before < 200_000 };
  };
  expect(await measure("history", "c1")).toMatchObject({ exitCode: 0, isShort: true });
  expect(await measure("history")).toMatchObject({ isShort: true, stdout: expect.stringContaining("19952 earlier") });
  expect(await measure("doctor", "c1", "--offline")).toMatchObject({ exitCode: 0, isShort: true });
});

test("status --watch goes on when the server that went away is back", async () => {
  const { one } = await openScene();
  const terminal = await openTerminal(["status", "--watch"], one);
  await terminal.waitFor(/No connections/);
  await cluster.stop("fast");
  await terminal.waitFor(/Looking again every 2 seconds/);
  await cluster.start();
  await terminal.waitFor(/No connections/);
  await terminal.press("C-c");
  expect(await terminal.end()).toBe(0);
});
