import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeLeaf } from "../../src/adapters/certificate/make-leaf.ts";
import { control, countEffects } from "../emulator/emulator-client.ts";
import { fingerprintFiles, fromNow, listFiles, readJournal, seed, seedExpired } from "./connections.ts";
import { askDoctor, breakIt, listTroubles, openScene, run, tell, type Scene } from "./doctor.ts";
import { readAnswer, readError, runQbo, startQbo } from "./qbo-process.ts";
import { registerRedirect } from "./sign-in.ts";

describe("a look changes nothing", () => {
  test("no code is used up, no token rotated, nothing revoked, nothing written", async () => {
    const scene = await openScene();
    await seed(scene, 2);
    await seedExpired(scene);
    const before = [fingerprintFiles(scene.home.state), await countEffects(scene.emulator)];
    for (const args of [["c1"], ["c3"], ["--all"], ["--offline", "c1"], ["--env", "emulator", "c2"]])
      await run(scene, "doctor", ...args);
    expect([fingerprintFiles(scene.home.state), await countEffects(scene.emulator)]).toEqual(before);
  });

  test("unless a real refresh is asked for", async () => {
    const scene = await openScene();
    await seedExpired(scene);
    const skipped = await askDoctor(scene);
    expect(skipped.checks.find(({ id }) => id === "api-access")).toMatchObject({
      status: "skip",
      detail: expect.stringContaining("none is fetched for a check"),
    });
    const tried = await askDoctor(scene, "--refresh");
    expect(tell(tried)).toBe("healthy, 0");
    expect(tried.checks.find(({ id }) => id === "api-access")?.status).toBe("ok");
    expect(await countEffects(scene.emulator)).toMatchObject({ refreshes: 1 });
  });

  test("--offline asks nobody", async () => {
    const scene = await openScene();
    await seed(scene);
    await scene.emulator.close();
    const answer = await askDoctor(scene, "--offline");
    expect(tell(answer)).toBe("healthy, 0");
    const skipped = answer.checks.filter(({ detail }) => detail.includes("--offline")).map(({ id }) => id);
    expect(skipped).toEqual(["clock", "network", "service-status", "client-keys", "api-access", "user-info"]);
  });
});

describe("whom it looks at", () => {
  test("nobody yet: a machine that is being set up", async () => {
    const scene = await openScene();
    expect(tell(await askDoctor(scene))).toBe("healthy, 0");
    const ready = await askDoctor(scene, "--env", "emulator");
    expect(ready).toMatchObject({ exitCode: 0, connection: null, verdict: null });
    expect(ready.checks.slice(0, 8).map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => "ok"));
    const bare = await askDoctor(scene, "--env", "sandbox", "--offline");
    expect(listTroubles(bare)).toEqual(["warn app-configured"]);
  });

  test("one of several only when it is named; it never asks which", async () => {
    const scene = await openScene();
    await seed(scene, 2);
    expect(readError(await run(scene, "doctor"))).toMatchObject({ code: "AMBIGUOUS_CONNECTION", exitCode: 2 });
    expect(readError(await run(scene, "doctor", "c9"))).toMatchObject({ code: "NOT_CONNECTED", exitCode: 4 });
    expect(readError(await run(scene, "doctor", "--all", "c1")).code).toBe("USAGE");
    expect(readError(await run(scene, "doctor", "--offline", "--refresh")).code).toBe("USAGE");
  });

  test("all of them: exit 8 when some are not well, their code when all are so alike", async () => {
    const scene = await openScene();
    const [first] = await seed(scene, 3);
    await breakIt(scene, { kind: "not-admin", realmId: first?.realmId });
    const mixed = await run(scene, "doctor", "--all");
    expect(mixed.exitCode).toBe(8);
    const { results }: { results: { verdict: { cause: string } | null }[] } = JSON.parse(mixed.stdout);
    expect(results.map(({ verdict }) => verdict?.cause ?? null)).toEqual(["not-admin-anymore", null, null]);
    await breakIt(scene, { kind: "not-admin" });
    expect((await run(scene, "doctor", "--all")).exitCode).toBe(5);
  });
});

describe("what keeps a sign-in from beginning", () => {
  test("a port that is taken", async () => {
    const scene = await openScene();
    const { redirectUri, port } = await registerRedirect(scene.emulator);
    scene.env = { QBO_REDIRECT_URI: redirectUri };
    const login = startQbo(["login", "--env", "emulator"], scene);
    await login.waitFor(/Waiting for consent/);
    const answer = await askDoctor(scene, "--env", "emulator");
    expect(answer).toMatchObject({ exitCode: 7, verdict: null });
    expect(answer.checks.find(({ id }) => id === "callback-port")?.detail).toContain(String(port));
    login.signal("SIGINT");
    await login.ended;
  });

  test("a faulty configuration is a check that fails, and stops no other", async () => {
    const scene = await openScene();
    writeFileSync(join(scene.home.config, "config.json"), "{ nonsense");
    const found = await askDoctor(scene);
    expect([found.exitCode, listTroubles(found)]).toEqual([3, ["fail app-configured"]]);
    expect(found.checks.find(({ id }) => id === "app-configured")?.detail).toMatch(/config\.json is wrong at line 1/);
  });
});

describe("what --fix mends", () => {
  test("file modes", async () => {
    const scene = await openScene();
    await seed(scene);
    const [exposed, folder] = [join(scene.home.state, "connections/c1.json"), join(scene.home.state, "connections")];
    chmodSync(exposed, 0o644);
    chmodSync(folder, 0o755);
    const before = await askDoctor(scene);
    expect([listTroubles(before), tell(before)]).toEqual([["warn permissions"], "healthy, 0"]);
    expect(listTroubles(await askDoctor(scene, "--fix"))).toEqual([]);
    expect([statSync(exposed).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  test("a certificate that has expired", async () => {
    const scene = await openScene();
    const folder = join(scene.home.state, "certificates");
    mkdirSync(folder, { mode: 0o700 });
    const names = { dns: ["localhost"], ip: ["127.0.0.1", "::1"] };
    const old = await makeLeaf(names, Date.now() - 400 * 86_400_000);
    writeFileSync(join(folder, "callback.pem"), old, { mode: 0o600 });
    expect(listTroubles(await askDoctor(scene, "--env", "emulator"))).toEqual(["warn certificate"]);
    expect(listTroubles(await askDoctor(scene, "--env", "emulator", "--fix"))).toEqual([]);
    expect(readFileSync(join(folder, "callback.pem"), "utf8")).not.toBe(old);
  });

  test("a lock whose holder was killed; one that is held stays", async () => {
    const scene = await openScene();
    await seedExpired(scene);
    await control(scene.emulator, "faults", { kind: "slow", endpoint: "token", ms: 30_000 });
    const through = ["sh", "-c", '"$@" & echo "$!" >&2; wait', "sh"];
    const running = startQbo(["token"], { ...scene, through });
    const [pid = ""] = await running.waitFor(/^\d+$/m);
    while (!readJournal(scene.home).some(({ event }) => event === "refresh-started"))
      await new Promise((resolve) => setTimeout(resolve, 20));
    const held = await askDoctor(scene, "--fix");
    expect(held.checks.find(({ id }) => id === "locks")).toMatchObject({
      status: "ok",
      detail: expect.stringContaining(`held by process ${pid}`),
    });
    process.kill(Number(pid), "SIGKILL");
    await running.ended;
    expect(listTroubles(await askDoctor(scene))).toContain("warn locks");
    expect(listTroubles(await askDoctor(scene, "--fix"))).not.toContain("warn locks");
    expect(listFiles(join(scene.home.state, "locks"))).toEqual([]);
  });
});

describe("--bundle", () => {
  async function bundle(scene: Scene) {
    const path = join(scene.home.folder, "report.json");
    const { exitCode } = await run(scene, "doctor", "c1", "--bundle", path);
    const text = readFileSync(path, "utf8");
    return { exitCode, path, text, mode: statSync(path).mode & 0o777 };
  }

  test("holds what support asks for, and neither tokens nor secrets nor names", async () => {
    const scene = await openScene();
    const only = await seedExpired(scene);
    scene.env = { QBO_CLIENT_ID: "qbo-emulator-client", QBO_CLIENT_SECRET: "qbo-emulator-secret" };
    readAnswer(await run(scene, "refresh"));
    await breakIt(scene, { kind: "invalid-grant" });
    await run(scene, "refresh");
    const { exitCode, text, mode } = await bundle(scene);
    expect([exitCode, mode]).toEqual([4, 0o600]);
    const report: { intuitTids: string[]; events: { intuitTid: string | null }[] } = JSON.parse(text);
    const journaled = readJournal(scene.home).flatMap(({ intuitTid }) =>
      typeof intuitTid === "string" ? [intuitTid] : [],
    );
    expect(report.intuitTids.toSorted()).toEqual([...new Set(journaled)].toSorted());
    expect(report.intuitTids).toHaveLength(2);
    expect(report.events.length).toBe(readJournal(scene.home).length);
    const secrets = [only.accessToken, only.refreshToken, "qbo-emulator-secret", only.companyName, scene.home.folder];
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).toContain(only.realmId);
  });

  test("overwrites nothing", async () => {
    const scene = await openScene();
    await seed(scene);
    const { path, text } = await bundle(scene);
    expect(readError(await run(scene, "doctor", "--bundle", path))).toMatchObject({ code: "USAGE", exitCode: 2 });
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(existsSync(path)).toBe(true);
  });
});

describe("history", () => {
  interface Events {
    events: { event: string; connection: string | null; at: string; outcome: string | null }[];
  }
  const history = async (scene: Scene, ...args: string[]) =>
    readAnswer<Events>(await run(scene, "history", ...args)).events;

  test("tells who refreshed when, whole or narrowed, and nothing of a connection that is forgotten", async () => {
    const scene = await openScene();
    await seed(scene, 2, { accessTokenExpiresAt: fromNow(-60) });
    await run(scene, "token", "c1");
    const whole = await history(scene);
    expect(Object.keys(whole[0] ?? {}).join(" ")).toBe(
      "at connection event outcome tokenBefore tokenAfter intuitTid host pid detail",
    );
    expect(whole.map(({ event }) => event)).toEqual(["imported", "imported", "refresh-started", "refreshed"]);
    expect(await history(scene, "c1")).toHaveLength(3);
    expect(await history(scene, "--limit", "2")).toEqual(whole.slice(-2));
    expect(await history(scene, "--since", "1h")).toEqual(whole);
    expect(await history(scene, "--env", "sandbox")).toEqual([]);
    readAnswer(await run(scene, "revoke", "c1", "--forget", "--yes"));
    expect(readError(await run(scene, "history", "c1")).code).toBe("NOT_CONNECTED");
    expect(await history(scene)).toEqual(whole.slice(1, 2));
  });

  test("is one line an event where nobody looks", async () => {
    const scene = await openScene();
    await seedExpired(scene);
    await run(scene, "token");
    const { stdout, exitCode } = await runQbo(["history"], scene);
    expect(exitCode).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}c1 {2}refreshed {2}.*[0-9a-f]{12}.* {2}intuit_tid \S+$/,
    );
  });

  test("of nothing is no failure", async () => {
    const scene = await openScene();
    expect(await history(scene)).toEqual([]);
    expect((await runQbo(["history"], scene)).stdout).toContain("nothing");
  });
});
