import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { control, countEffects, start } from "../emulator/emulator-client.ts";
import { fingerprintSecrets, fromNow, readFacts, readJournal, seed, seedExpired } from "./connections.ts";
import { createHome, type Home, readAnswer, readError, runQbo } from "./qbo-process.ts";

interface Scene {
  home: Home;
  emulator: Emulator;
}

async function openScene(): Promise<Scene> {
  return { home: createHome(), emulator: await start() };
}

const run = (scene: Scene, ...args: string[]) => runQbo([...args, "--json"], scene);
const breakNext = (scene: Scene, fault: Record<string, unknown>) => control(scene.emulator, "faults", fault);
const mend = (scene: Scene) => control(scene.emulator, "faults", undefined, "DELETE");

async function countTokenRequests({ emulator }: Scene): Promise<number> {
  const { requests } = await control<{ requests: { endpoint: string }[] }>(emulator, "requests");
  return requests.filter(({ endpoint }) => endpoint === "token").length;
}

/** Lets so much time pass for the marks in the facts, by moving them into the past. */
function letPass({ home }: Scene, seconds: number): void {
  const folder = join(home.state, "connections");
  for (const file of readdirSync(folder)) {
    const moved = readFileSync(join(folder, file), "utf8").replaceAll(
      /("(?:lastRefresh|rejection)":\s*\{\s*"at":\s*)"([^"]+)"/g,
      (_, before: string, at: string) => `${before}"${new Date(Date.parse(at) - seconds * 1000).toISOString()}"`,
    );
    writeFileSync(join(folder, file), moved);
  }
}

describe("a lost answer", () => {
  test("is one request, noted as unconfirmed, and not repeated for 30 s", async () => {
    const scene = await openScene();
    await seedExpired(scene);
    const before = fingerprintSecrets(scene.home);
    await breakNext(scene, { kind: "lost-reply", endpoint: "token" });
    const first = readError(await run(scene, "token"));
    expect(first).toMatchObject({ code: "REFRESH_UNCONFIRMED", exitCode: 6, connection: "c1" });
    expect(readJournal(scene.home).at(-1)).toMatchObject({ event: "refresh-unconfirmed", outcome: "unconfirmed" });
    for (const command of ["token", "refresh"]) {
      expect(readError(await run(scene, command))).toMatchObject({ code: "REFRESH_UNCONFIRMED", exitCode: 6 });
    }
    expect(await countTokenRequests(scene)).toBe(1);
    expect(await countEffects(scene.emulator)).toMatchObject({ refreshes: 1 });
    expect(fingerprintSecrets(scene.home)).toEqual(before);
    letPass(scene, 31);
    readAnswer(await run(scene, "token"));
    expect(await countEffects(scene.emulator)).toMatchObject({ refreshes: 2, rejectedRefreshes: 0 });
    expect(readFacts(scene.home)).toMatchObject([{ lastRefresh: { outcome: "ok" } }]);
  });

  test.each([
    ["lost-reply", "REFRESH_UNCONFIRMED"],
    ["invalid-grant", "REFRESH_REJECTED"],
  ])("goes for everybody who waited meanwhile: %s", async (kind, code) => {
    const scene = await openScene();
    await seedExpired(scene);
    await breakNext(scene, { kind, endpoint: "token", count: 20 });
    const ends = await Promise.all(Array.from({ length: 6 }, () => run(scene, "token")));
    expect(ends.map((end) => readError(end).code)).toEqual(Array.from({ length: 6 }, () => code));
    expect(await countTokenRequests(scene)).toBe(1);
  });

  test("is named as the cause when it turns out to have brought a new refresh token", async () => {
    const scene = await openScene();
    await control(scene.emulator, "policy", { rotateAfterSeconds: 0 });
    await seedExpired(scene);
    await breakNext(scene, { kind: "lost-reply", endpoint: "token" });
    await run(scene, "token");
    letPass(scene, 31);
    const error = readError(await run(scene, "token"));
    expect(error).toMatchObject({ code: "REFRESH_REJECTED", exitCode: 4, intuitError: "invalid_grant" });
    expect(error.message).toMatch(/whose answer was lost/);
    expect(await countEffects(scene.emulator)).toMatchObject({ refreshes: 1, rejectedRefreshes: 1 });
  });
});

const failures: [string, Record<string, unknown>, string][] = [
  ["invalid_grant", { kind: "invalid-grant" }, "REFRESH_REJECTED"],
  ["401", { kind: "invalid-client" }, "CLIENT_REJECTED"],
  ["an empty 503", { kind: "outage" }, "INTUIT_BUSY"],
  ["a 503 with a page", { kind: "outage", as: "html" }, "INTUIT_BUSY"],
  ["a 500 with a page", { kind: "html-error" }, "INTUIT_BUSY"],
  ["a gateway's 502", { kind: "html-error", status: 502 }, "REFRESH_UNCONFIRMED"],
  ["429", { kind: "throttle", retryAfter: 60 }, "INTUIT_BUSY"],
  ["garbage", { kind: "garbage", body: "\u0000\u0001{" }, "INTUIT_UNEXPECTED_ANSWER"],
  ["JSON of another kind", { kind: "garbage", body: "[]" }, "INTUIT_UNEXPECTED_ANSWER"],
  ["tokens without a refresh token", { kind: "garbage", body: '{"access_token":"a"}' }, "INTUIT_UNEXPECTED_ANSWER"],
  ["an endless answer", { kind: "garbage", body: "x".repeat(1024), repeat: 20_000 }, "REFRESH_UNCONFIRMED"],
  ["half an answer", { kind: "cut-reply" }, "REFRESH_UNCONFIRMED"],
  ["a closed connection", { kind: "dropped-request" }, "REFRESH_UNCONFIRMED"],
  ["a redirect elsewhere", { kind: "redirect", location: "http://127.0.0.1:9/" }, "INTUIT_UNEXPECTED_ANSWER"],
];

describe("nothing is deleted because of a failure", () => {
  test.each(failures)(
    "%s leaves the sealed record byte for byte, and is over with the next success",
    async (_, fault, code) => {
      const scene = await openScene();
      await seedExpired(scene);
      const before = fingerprintSecrets(scene.home);
      await breakNext(scene, { endpoint: "token", ...fault });
      expect(readError(await run(scene, "token")).code).toBe(code);
      expect(fingerprintSecrets(scene.home)).toEqual(before);
      expect(readFacts(scene.home)[0]?.["lastRefresh"]).toMatchObject({ outcome: expect.not.stringMatching("ok") });
      expect(await countTokenRequests(scene)).toBe(1);
      letPass(scene, 31);
      readAnswer(await run(scene, "refresh"));
      expect(readFacts(scene.home)).toMatchObject([{ rejection: null, lastRefresh: { outcome: "ok" } }]);
      readAnswer(await run(scene, "token"));
    },
  );
});

describe("a rejection is evidence, not a verdict", () => {
  test("it is believed for 10 minutes, refresh always tries, and a success clears it", async () => {
    const scene = await openScene();
    await seedExpired(scene);
    await breakNext(scene, { kind: "invalid-grant", count: 0 });
    for (let call = 0; call < 2; call += 1)
      expect(readError(await run(scene, "token"))).toMatchObject({
        code: "REFRESH_REJECTED",
        intuitError: "invalid_grant",
      });
    expect(await countTokenRequests(scene)).toBe(1);
    const { connections } = readAnswer<{ connections: object[] }>(await run(scene, "status"));
    expect(connections).toMatchObject([{ state: "reconnect", nextAction: expect.stringContaining("qbo login c1") }]);
    expect(readError(await run(scene, "refresh")).code).toBe("REFRESH_REJECTED");
    expect(await countTokenRequests(scene)).toBe(2);
    letPass(scene, 601);
    await run(scene, "token");
    expect(await countTokenRequests(scene)).toBe(3);
    await mend(scene);
    letPass(scene, 601);
    readAnswer(await run(scene, "token"));
    const after = readAnswer<{ connections: object[] }>(await run(scene, "status"));
    expect(after.connections).toMatchObject([{ state: "ready", nextAction: null }]);
  });

  test.each([1, 8])("an outage that rejects everybody condemns nobody (%i at a time)", async (concurrency) => {
    const scene = await openScene();
    await seed(scene, 20);
    const before = fingerprintSecrets(scene.home);
    await breakNext(scene, { kind: "outage", as: "invalid-grant", count: 0 });
    const ended = await run(scene, "refresh", "--all", "--concurrency", String(concurrency));
    const error = readError({ ...ended, stdout: "" });
    const { results }: { results: { error: { code: string } }[] } = JSON.parse(ended.stdout);
    expect(new Set(results.map((result) => result.error.code))).toEqual(new Set(["SERVICE_SUSPECT"]));
    expect(error).toMatchObject({ code: "SERVICE_SUSPECT", exitCode: 6 });
    expect(error.message).toContain("reports an incident");
    // Three in a row, and what was on its way meanwhile.
    expect(await countTokenRequests(scene)).toBeLessThan(3 + concurrency);
    expect(readFacts(scene.home).map(({ rejection }) => rejection)).toEqual(Array.from({ length: 20 }, () => null));
    expect(fingerprintSecrets(scene.home)).toEqual(before);
    await mend(scene);
    expect(readAnswer(await run(scene, "refresh", "--all"))).toMatchObject({ refreshed: 20, failed: 0 });
  });
});

test("while Intuit fails, a token that lives a minute yet is handed out with a warning, unless that is not enough", async () => {
  const scene = await openScene();
  const { accessToken } = await seedExpired(scene, { accessTokenExpiresAt: fromNow(200) });
  await breakNext(scene, { kind: "outage", count: 0 });
  const { exitCode, stdout, stderr } = await runQbo(["token"], scene);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${accessToken}\n` });
  expect(stderr).toMatch(/is used instead; it expires in/);
  expect(readError(await run(scene, "token", "--min-validity", "250")).code).toBe("INTUIT_BUSY");
});
