import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ErrorCode as CoreCode } from "../../src/core/errors.ts";
import { errorTable } from "../../src/core/errors.ts";
import { openQbo, QboError, type ErrorCode, type Notice, type Qbo, type QboOptions } from "../../src/library.ts";
import { startEmulatedIntuit, type EmulatedIntuit } from "../world/emulated-intuit.ts";
import { createTestWorld } from "../world/test-world.ts";

/** The library on the machine of a test, as any program there would open it. */
function open({ world }: Pick<EmulatedIntuit, "world">, options: QboOptions = {}): Qbo {
  return openQbo({ env: world.env, ...options });
}

async function fail(work: Promise<unknown>): Promise<QboError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof QboError)) throw new Error("It did not fail with a QboError.", { cause: error });
  return error;
}

async function withOneConnection(latencyMs = 0) {
  const intuit = await startEmulatedIntuit({ latencyMs });
  await intuit.bringIn(1);
  return { intuit, qbo: open(intuit) };
}

/** A promise that resolves when the emulator has got a request for tokens. */
async function seeRequest(intuit: EmulatedIntuit): Promise<void> {
  const path = "/oauth2/v1/tokens/bearer";
  for (let round = 0; round < 2000; round += 1) {
    if ((await intuit.countRequests(path)) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("No request for tokens came.");
}

describe("the answers", () => {
  it("are those of the program", async () => {
    const { intuit, qbo } = await withOneConnection();
    const token = await qbo.getAccessToken("c1");
    const told = (await intuit.qbo("token", "c1", "--json")).json();
    expect({ ...told, expiresIn: token.expiresIn }).toEqual(token);
    const { connections } = (await intuit.qbo("status", "--json")).json<{ connections: unknown[] }>();
    const changing = { accessToken: expect.any(Object), refreshToken: expect.any(Object) };
    expect(await qbo.listConnections()).toEqual([Object.assign({}, connections[0], changing)]);
    expect(await qbo.status()).toMatchObject({ name: "c1", state: "ready" });
    expect(JSON.stringify([await qbo.listConnections(), await qbo.status()])).not.toContain(token.accessToken);
  });

  it("name what became of a refresh and of a revocation", async () => {
    const { intuit, qbo } = await withOneConnection();
    expect(await qbo.refresh("c1")).toEqual({ connection: "c1", outcome: "refreshed" });
    expect(await qbo.revoke("c1")).toEqual({ connection: "c1", remote: "revoked", local: "disconnected" });
    expect(await intuit.effects()).toMatchObject({ refreshes: 1, revocations: 1 });
    expect(await qbo.status("c1")).toMatchObject({ state: "disconnected", nextAction: "qbo login c1" });
    expect(await fail(qbo.getAccessToken("c1"))).toMatchObject({ code: "NOT_CONNECTED", exitCode: 4 });
    const options = { localOnly: true, forget: true };
    expect(await qbo.revoke("c1", options)).toEqual({ connection: "c1", remote: "skipped", local: "removed" });
    expect(await qbo.listConnections()).toEqual([]);
  });

  it("can be narrowed", async () => {
    const { qbo } = await withOneConnection();
    expect(await qbo.listConnections({ environment: "sandbox" })).toEqual([]);
    expect(await qbo.listConnections({ states: ["ready"] })).toEqual([]);
    expect(await qbo.listConnections({ states: ["stale"], warnWithin: 0 })).toHaveLength(1);
  });
});

describe("many calls at once", () => {
  it.each([0, 200])("cause one refresh, with an Intuit that takes %i ms", async (latencyMs) => {
    const { intuit, qbo } = await withOneConnection(latencyMs);
    const others = [open(intuit), open(intuit)];
    const callers = Array.from({ length: 10 }, (_, index) => [qbo, ...others][index % 3] ?? qbo);
    const tokens = await Promise.all(callers.map((each) => each.getAccessToken()));
    expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(await intuit.effects()).toMatchObject({ refreshes: 1, rejectedRefreshes: 0 });
  });
});

describe("errors", () => {
  it("have the codes of the program", async () => {
    const known: Record<ErrorCode, unknown> & Record<CoreCode, unknown> = errorTable;
    expect(Object.keys(known)).toContain("NOT_CONNECTED");
    const intuit = await startEmulatedIntuit();
    await intuit.bringIn(2);
    const qbo = open(intuit);
    const ambiguous = await fail(qbo.getAccessToken());
    expect(ambiguous).toMatchObject({ code: "AMBIGUOUS_CONNECTION", exitCode: 2, name: "QboError" });
    expect(ambiguous.hint).toContain("qbo use c1");
    await intuit.control("faults", { kind: "invalid-grant" });
    const rejected = await fail(qbo.refresh("c1"));
    expect(rejected).toMatchObject({ code: "REFRESH_REJECTED", details: { connection: "c1", httpStatus: 400 } });
    expect(rejected.cause).toBeUndefined();
  });

  it("hold no secret, whatever is printed of them", async () => {
    const { intuit, qbo } = await withOneConnection();
    const { accessToken } = await qbo.getAccessToken();
    const error = await fail(qbo.status(`company-${accessToken}`));
    expect(error.code).toBe("NOT_CONNECTED");
    expect(error.message).toContain("company-[redacted]");
    expect(`${error.message} ${error.stack}`).not.toContain(accessToken.slice(0, 40));
    await intuit.emulator.close();
    expect(await fail(qbo.refresh())).toMatchObject({ code: "INTUIT_UNREACHABLE", exitCode: 6 });
  });

  it.each<[string, (qbo: Qbo) => Promise<unknown>]>([
    ["an empty name", (qbo) => qbo.getAccessToken("")],
    ["an empty environment", (qbo) => qbo.getAccessToken("c1", { environment: "" })],
    ["a validity that no token has", (qbo) => qbo.getAccessToken("c1", { minValidity: 3301 })],
    ["a validity that is no number", (qbo) => qbo.getAccessToken("c1", { minValidity: Number.NaN })],
    ["no connection to revoke", (qbo) => Reflect.apply(qbo.revoke, qbo, [])],
    ["a state that there is not", (qbo) => qbo.listConnections({ states: [JSON.parse('"dead"')] })],
    ["an option that there is not", (qbo) => qbo.getAccessToken("c1", JSON.parse('{"minvalidity":3000}'))],
    ["an option of another call", (qbo) => qbo.refresh("c1", JSON.parse('{"states":["ready"]}'))],
    ["options that are none", (qbo) => Reflect.apply(qbo.getAccessToken, qbo, ["c1", null])],
    ["options that are a name", (qbo) => Reflect.apply(qbo.listConnections, qbo, ["c1"])],
    ["a signal that is none", (qbo) => qbo.refresh("c1", JSON.parse('{"signal":3}'))],
    ["a switch that is a text", (qbo) => qbo.revoke("c1", JSON.parse('{"localOnly":"false"}'))],
  ])("tell of %s", async (_, call) => {
    const { intuit, qbo } = await withOneConnection();
    expect(await fail(call(qbo))).toMatchObject({ code: "USAGE", exitCode: 2 });
    expect(await intuit.effects()).toMatchObject({ refreshes: 0, revocations: 0 });
  });

  it.each<[string, QboOptions]>([
    ["a folder that is no absolute path", { stateDir: "here" }],
    ["TLS that is switched off", { env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } }],
  ])("come at once for %s", (_, options) => {
    expect(() => openQbo(options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  it.each([
    "null",
    '"c1"',
    "[]",
    '{"statedir":"/x"}',
    '{"onNotice":3}',
    '{"env":{"QBO_STORE":3}}',
    '{"store":["file"]}',
    '{"stateDir":""}',
    '{"configDir":""}',
    '{"store":""}',
  ])("come at once for the options %s", (options) => {
    expect(() => openQbo(JSON.parse(options))).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});

describe("an interruption", () => {
  it("ends a wait, and leaves who is waited for alone", async () => {
    const { intuit, qbo } = await withOneConnection(3000);
    let isFirstDone = false;
    const first = qbo.getAccessToken().finally(() => (isFirstDone = true));
    await seeRequest(intuit);
    const controller = new AbortController();
    const second = fail(open(intuit).getAccessToken("c1", { signal: controller.signal }));
    setTimeout(() => controller.abort("enough"), 50);
    expect(await second).toMatchObject({ code: "CANCELLED", exitCode: 130, cause: "enough" });
    expect(isFirstDone).toBe(false);
    expect(await first).toMatchObject({ connection: "c1" });
  });

  it("tears no refresh that was sent", async () => {
    const intuit = await startEmulatedIntuit({ latencyMs: 1500 });
    await intuit.bringIn(1);
    const controller = new AbortController();
    const qbo = open(intuit, { signal: controller.signal });
    const call = fail(qbo.refresh());
    await seeRequest(intuit);
    controller.abort();
    expect(await call).toMatchObject({ code: "CANCELLED" });
    expect(await fail(qbo.status())).toMatchObject({ code: "CANCELLED" });
    expect(await open(intuit).status()).toMatchObject({ state: "ready", lastRefresh: { outcome: "ok" } });
  });

  it("tells what was revoked all the same", async () => {
    const { intuit, qbo } = await withOneConnection(300);
    const controller = new AbortController();
    const call = qbo.revoke("c1", { signal: controller.signal });
    for (let round = 0; round < 400 && (await intuit.countRequests("/v2/oauth2/tokens/revoke")) === 0; round += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort();
    expect(await call).toEqual({ connection: "c1", remote: "revoked", local: "disconnected" });
  });

  it("comes from close(), which waits for what is under way", async () => {
    const { intuit, qbo } = await withOneConnection(1500);
    const call = fail(qbo.refresh());
    await seeRequest(intuit);
    await qbo.close();
    expect(await intuit.effects()).toMatchObject({ refreshes: 1 });
    expect(await call).toMatchObject({ code: "CANCELLED" });
    expect(await fail(qbo.listConnections())).toMatchObject({ code: "USAGE" });
  });
});

describe("notices", () => {
  it("go to the one who asked for them", async () => {
    const world = createTestWorld();
    mkdirSync(join(world.paths.connections), { recursive: true });
    writeFileSync(join(world.paths.connections, "broken.json"), "{");
    const notices: Notice[] = [];
    const qbo = open({ world }, { onNotice: (notice) => void notices.push(notice) });
    expect(await qbo.listConnections()).toEqual([]);
    expect(notices).toMatchObject([{ level: "warning", text: expect.stringContaining("broken.json") }]);
    expect(await fail(qbo.getAccessToken())).toMatchObject({ code: "STORE_CORRUPT", exitCode: 7 });
  });
});

it("reads the environment that it is given, as it was then", async () => {
  const intuit = await startEmulatedIntuit();
  await intuit.bringIn(2);
  const env: Record<string, string | undefined> = { ...intuit.world.env, QBO_CONNECTION: "c2" };
  const qbo = openQbo({ env });
  env["QBO_CONNECTION"] = "c1";
  expect(await qbo.status()).toMatchObject({ name: "c2" });
});
