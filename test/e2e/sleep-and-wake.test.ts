import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { control, countEffects, get, start } from "../emulator/emulator-client.ts";
import { describeImport, grant, isLive, makeStoreKey, nameOf, readStored, type Scene } from "../reliability/scene.ts";
import { bundleSteppingProgram, startVictim, type Victim } from "../reliability/victim.ts";
import { startAnswerGate } from "./answer-gate.ts";
import { fingerprintSecrets, listFiles, readFacts } from "./connections.ts";
import { assertNoStackTrace, createHome, runQbo } from "./qbo-process.ts";

/** Milliseconds, instead of a minute and a half: nobody wants to wait so long for a machine that sleeps. */
const staleAfter = 2000;

let stepping: Awaited<ReturnType<typeof bundleSteppingProgram>>;

beforeAll(async () => {
  stepping = await bundleSteppingProgram();
});
afterAll(() => stepping.remove());

async function openScene(policy: Record<string, unknown> = {}) {
  const home = createHome();
  const stateFile = join(home.folder, "emulator.json");
  const gate = await startAnswerGate(await start({ stateFile }));
  const { emulator } = gate;
  await control(emulator, "policy", policy);
  const scene: Scene = { home, emulator, stateFile, env: { QBO_STORE_KEY: makeStoreKey() } };
  const [granted = expect.fail("one was asked for")] = await grant(emulator, 1);
  const imported = await runQbo(["import", "--stdin", "--no-refresh"], { ...scene, stdin: describeImport([granted]) });
  expect(imported).toMatchObject({ exitCode: 0 });
  return { scene, gate, granted, name: nameOf(granted.realmId) };
}

function startShortOfPatience(scene: Scene, args: readonly string[]): Victim {
  const env = { ...scene.env, STALE_AFTER: String(staleAfter) };
  return startVictim(args, { ...scene, env, program: stepping.program });
}

/** A refresh falls asleep while Intuit answers it, and another process takes over; answers both after the first one woke. */
async function sleepThroughAnswer({ scene, gate, name }: Awaited<ReturnType<typeof openScene>>, next: string[]) {
  gate.keep("token", { count: 1 });
  const sleeper = startShortOfPatience(scene, ["refresh", name, "--json"]);
  await gate.awaitKept(1);
  sleeper.signal("SIGSTOP");
  gate.open();
  const other = startShortOfPatience(scene, next);
  const otherExit = await other.ended;
  const before = fingerprintSecrets(scene.home);
  sleeper.signal("SIGCONT");
  const exitCode = await sleeper.ended;
  assertNoStackTrace(sleeper.printed());
  expect(fingerprintSecrets(scene.home)).toEqual(before);
  return { exitCode, otherExit, stdout: sleeper.printed().stdout, told: `${sleeper.told()}${other.told()}` };
}

test("a holder that sleeps past the stale time neither crashes nor overwrites the newer token", async () => {
  const opened = await openScene();
  const { scene, granted, name } = opened;
  const { exitCode, otherExit, stdout, told } = await sleepThroughAnswer(opened, ["refresh", name]);
  expect(otherExit, told).toBe(0);
  // Somebody else has done what was asked: that is the answer.
  expect(exitCode, told).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ results: [{ outcome: "unchanged", error: null }] });
  expect(await countEffects(scene.emulator)).toMatchObject({ refreshes: 2 });
  expect(readFacts(scene.home)).toMatchObject([{ tokens: { generation: 2 } }]);
  const stored = await readStored(scene, granted.realmId);
  expect(isLive(scene, stored?.refreshToken.secret.reveal())).toBe(true);
  const token = (await runQbo(["token", name], scene)).stdout.trim();
  expect((await get(scene.emulator, "/v1/openid_connect/userinfo", token)).status).toBe(200);
});

test("where its own answer is the only living one, that is not thrown away", async () => {
  const opened = await openScene({ rotateAfterSeconds: 0 });
  const { scene, name } = opened;
  // The other one is refused, because the sleeper's request has used the refresh token up.
  const { exitCode, otherExit, told } = await sleepThroughAnswer(opened, ["refresh", name]);
  expect(otherExit, told).toBe(4);
  expect(exitCode, told).toBe(7);
  const [rescued = expect.fail("it is kept nowhere")] = listFiles(join(scene.home.state, "rescue"));
  expect(told).toContain(join(scene.home.state, "rescue", rescued));
  const again = await runQbo(["refresh", name], scene);
  expect({ exitCode: again.exitCode, stderr: again.stderr }).toMatchObject({ exitCode: 0 });
});

test("a connection that was revoked meanwhile is not brought back", async () => {
  const opened = await openScene();
  const { scene, name } = opened;
  const { exitCode, otherExit, told } = await sleepThroughAnswer(opened, ["revoke", name, "--yes"]);
  expect(otherExit, told).toBe(0);
  expect(exitCode, told).toBe(4);
  expect(await runQbo(["token", name], scene)).toMatchObject({ exitCode: 4, stdout: "" });
});

test("after a sleep in which nobody wanted the lock, the holder goes on as if nothing had been", async () => {
  const { scene, gate, name } = await openScene({ rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
  gate.keep("token", { count: 1 });
  const sleeper = startShortOfPatience(scene, ["refresh", name]);
  await gate.awaitKept(1);
  sleeper.signal("SIGSTOP");
  gate.open();
  await new Promise((resolve) => setTimeout(resolve, staleAfter + 500));
  sleeper.signal("SIGCONT");
  expect(await sleeper.ended, sleeper.told()).toBe(0);
  expect(await runQbo(["refresh", name], scene)).toMatchObject({ exitCode: 0 });
});
