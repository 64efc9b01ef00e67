import { chmodSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { control, countEffects, start } from "../emulator/emulator-client.ts";
import { startAnswerGate } from "./answer-gate.ts";
import { fingerprintSecrets, listFiles, readFacts, seed, seedExpired } from "./connections.ts";
import { assertNoStackTrace, createHome, type Home, readAnswer, readError, runQbo, startQbo } from "./qbo-process.ts";
import { registerRedirect } from "./sign-in.ts";

interface Scene {
  home: Home;
  emulator: Emulator;
}

async function openScene(): Promise<Scene> {
  return { home: createHome(), emulator: await start() };
}

/** The superuser may write anywhere: without this power the permissions bind here, too. */
const asAnybody = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : [];
const inShell = (script: string) => ["sh", "-c", script, "sh"];

function forbidWriting(folder: string): void {
  for (const path of listFiles(folder)) chmodSync(join(folder, path), 0o400);
  for (const path of listFolders(folder)) chmodSync(path, 0o500);
}

/** Otherwise nobody could remove it but the superuser. */
function allowWriting(folder: string): void {
  for (const path of listFolders(folder)) chmodSync(path, 0o700);
}

function listFolders(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const inside = entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  return [folder, ...inside];
}

/** The same with a gate that keeps back the answer to the next token request. */
async function openGatedScene() {
  const gate = await startAnswerGate(await start());
  gate.keep("token", { count: 1 });
  return { gate, scene: { home: createHome(), emulator: gate.emulator } };
}

describe("what cannot be written is noticed before a token request", () => {
  const commands: [string, string[]][] = [
    ["token", ["token"]],
    ["refresh", ["refresh"]],
    ["login", ["login", "--env", "emulator", "--timeout", "5"]],
  ];

  async function expectNothingSent(scene: Scene, args: string[], through: string[]) {
    const { redirectUri } = await registerRedirect(scene.emulator);
    const env = { QBO_REDIRECT_URI: redirectUri };
    const ended = await runQbo([...args, "--json"], { ...scene, env, through });
    const error = readError(ended);
    expect(error.exitCode).toBe(7);
    expect(error.code).toMatch(/^(STORE|FILES)_UNAVAILABLE$/);
    expect(ended.stderr).not.toContain("/connect/oauth2");
    expect(await countEffects(scene.emulator)).toMatchObject({ exchanges: 0, refreshes: 0, rejectedRefreshes: 0 });
    return error;
  }

  test.each(commands)("a read-only store, and a home that is read-only as a whole: %s", async (_, args) => {
    for (const folder of ["state/secrets", "."]) {
      const scene = await openScene();
      await seedExpired(scene);
      const before = fingerprintSecrets(scene.home);
      const path = join(scene.home.folder, folder);
      forbidWriting(path);
      const { message } = await expectNothingSent(scene, args, asAnybody);
      expect(message).toContain(scene.home.state);
      expect(fingerprintSecrets(scene.home)).toEqual(before);
      allowWriting(path);
    }
  });

  test.each(commands)("files that must not grow: %s", async (_, args) => {
    const scene = await openScene();
    await seedExpired(scene);
    const before = fingerprintSecrets(scene.home);
    await expectNothingSent(scene, args, inShell('ulimit -f 0; exec "$@"'));
    expect(fingerprintSecrets(scene.home)).toEqual(before);
    readAnswer(await runQbo(["refresh", "--json"], scene));
  });

  test("a valid token is handed out all the same", async () => {
    const scene = await openScene();
    const [connection] = await seed(scene);
    forbidWriting(scene.home.folder);
    const { exitCode, stdout } = await runQbo(["token"], { ...scene, through: asAnybody });
    allowWriting(scene.home.folder);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${connection?.accessToken}\n` });
  });
});

describe("a save that fails after the refresh", () => {
  test("keeps the new tokens, sealed, in a second place, from where refresh brings them back", async () => {
    const { scene, gate } = await openGatedScene();
    await control(scene.emulator, "policy", { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
    const { refreshToken } = await seedExpired(scene);
    const before = fingerprintSecrets(scene.home);
    const refreshing = startQbo(["refresh", "--json"], { ...scene, through: asAnybody });
    await gate.awaitKept(1);
    const secrets = join(scene.home.state, "secrets");
    chmodSync(secrets, 0o500);
    gate.open();
    const error = readError(await refreshing.ended);
    chmodSync(secrets, 0o700);
    expect(error).toMatchObject({ code: "STORE_UNAVAILABLE", exitCode: 7, connection: "c1" });
    expect(error.hint).toContain("qbo refresh c1");
    const [rescued = ""] = listFiles(join(scene.home.state, "rescue"));
    const place = join(scene.home.state, "rescue", rescued);
    expect(error.hint).toContain(place);
    expect(readFileSync(place, "utf8")).not.toContain(refreshToken);
    expect(fingerprintSecrets(scene.home)).toEqual(before);
    readAnswer(await runQbo(["refresh", "--json"], scene));
    expect(existsSync(place)).toBe(false);
    readAnswer(await runQbo(["companyinfo", "--json"], scene));
    readAnswer(await runQbo(["refresh", "--json"], scene));
    expect(await countEffects(scene.emulator)).toMatchObject({ refreshes: 2, rejectedRefreshes: 0 });
  });
});

describe("a signal in the middle of a refresh", () => {
  async function startSlowRefresh() {
    const { scene, gate } = await openGatedScene();
    await control(scene.emulator, "policy", { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
    await seedExpired(scene);
    const running = startQbo(["token"], scene);
    await gate.awaitKept(1);
    return { scene, gate, running };
  }

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s lets the save finish first", async (signal) => {
    const { scene, gate, running } = await startSlowRefresh();
    await running.signalAndWait(signal);
    gate.open();
    const ended = await running.ended;
    expect({ exitCode: ended.exitCode, stdout: ended.stdout }).toEqual({ exitCode: 130, stdout: "" });
    assertNoStackTrace(ended);
    expect(readFacts(scene.home)).toMatchObject([{ tokens: { generation: 2 }, lastRefresh: { outcome: "ok" } }]);
    readAnswer(await runQbo(["refresh", "--json"], scene));
    expect(await countEffects(scene.emulator)).toMatchObject({ refreshes: 2, rejectedRefreshes: 0 });
  });

  test("a second one ends it at once", async () => {
    const { scene, running } = await startSlowRefresh();
    const before = fingerprintSecrets(scene.home);
    await running.signalAndWait("SIGINT");
    running.signal("SIGINT");
    const ended = await running.ended;
    expect({ exitCode: ended.exitCode, stdout: ended.stdout }).toEqual({ exitCode: 130, stdout: "" });
    expect(fingerprintSecrets(scene.home)).toEqual(before);
  });

  test("kill -9 leaves a connection that works at once", async () => {
    const { scene, gate } = await openGatedScene();
    await seedExpired(scene);
    const running = startQbo(["token"], { ...scene, through: inShell('"$@" & echo "$!" >&2; wait') });
    const [pid = ""] = await running.waitFor(/^\d+$/m);
    await gate.awaitKept(1);
    process.kill(Number(pid), "SIGKILL");
    await running.ended;
    expect((await runQbo(["token"], scene)).stdout).toMatch(/^\S{100,}\n$/);
  });
});

describe("a closed pipe ends the program quietly", () => {
  test.each([
    ["status | head -1", "status"],
    ["status --json | head -1", "status --json"],
    ["token c1 | true", "token c1"],
    ["help exit-codes | head -1", "help exit-codes"],
  ])("qbo %s", async (_, words) => {
    const scene = await openScene();
    // More than a pipe holds, so that the program is still writing when its reader is gone.
    await seed(scene, words.startsWith("status") ? 150 : 1);
    const reader = words.startsWith("token") ? "true" : "head -1";
    const through = inShell(`{ "$@"; echo "exit code $?" >&2; } | ${reader}`);
    const ended = await runQbo(words.split(" "), { ...scene, through });
    expect(ended.stderr).toBe("exit code 0\n");
  });

  test("and tears no refresh that is under way", async () => {
    const scene = await openScene();
    await control(scene.emulator, "policy", { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
    await seed(scene, 6);
    await control(scene.emulator, "faults", { kind: "slow", endpoint: "token", ms: 700, count: 5 });
    const words = ["refresh", "--all", "--json-lines", "--concurrency", "6"];
    const ended = await runQbo(words, { ...scene, through: inShell('"$@" | true') });
    assertNoStackTrace(ended);
    await runQbo(["refresh", "--all"], { ...scene, through: inShell('"$@" 2>&1 | true') });
    expect(readAnswer(await runQbo(["refresh", "--all", "--json"], scene))).toMatchObject({ failed: 0 });
    expect(await countEffects(scene.emulator)).toMatchObject({ rejectedRefreshes: 0 });
  });
});

describe.skipIf(!existsSync("/dev/full"))("an answer that cannot be written", () => {
  test.each(["token", "status", "status --json", "help exit-codes"])("qbo %s > /dev/full says so", async (words) => {
    const scene = await openScene();
    await seed(scene);
    const ended = await runQbo(words.split(" "), { ...scene, through: inShell('exec "$@" > /dev/full') });
    expect(ended.exitCode).toBe(7);
    expect(ended.stderr).toContain("the disk is full");
  });

  test("a message that cannot be written changes nothing about the answer", async () => {
    const scene = await openScene();
    const { refreshToken } = await seedExpired(scene);
    const args = ["refresh", "--debug", "--verbose"];
    const { exitCode, stdout } = await runQbo(args, { ...scene, through: inShell('exec "$@" 2> /dev/full') });
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Refreshed") });
    expect(stdout).not.toContain(refreshToken);
    const failed = await runQbo(["token", "nobody"], { ...scene, through: inShell('exec "$@" 2> /dev/full') });
    expect(failed).toMatchObject({ exitCode: 4, stdout: "", stderr: "" });
  });
});
