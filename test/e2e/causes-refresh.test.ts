import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { control } from "../emulator/emulator-client.ts";
import { fromNow, seed, seedExpired, type Seeded } from "./connections.ts";
import {
  askDoctor,
  breakIt,
  letPass,
  openScene,
  listTroubles,
  rewriteJournal,
  run,
  tell,
  type Scene,
} from "./doctor.ts";
import { readAnswer, readError, runQbo } from "./qbo-process.ts";
import { browse, consent, startLogin } from "./sign-in.ts";

// Intuit's FAQ, "What is invalid_grant?", lists six things to check when tokens are refreshed. Each is brought about here, by its number.

const code = async (scene: Scene, ...args: string[]) => readError(await run(scene, ...args)).code;
const disconnect = (scene: Scene, { realmId }: Seeded) => control(scene.emulator, "disconnect", { realmId });
const rotateAlways = (scene: Scene) => control(scene.emulator, "policy", { rotateAfterSeconds: 0 });

/** Brings the sealed records back to what they were, as restoring a backup does. */
async function restoreOldTokens({ home }: Scene, work: () => Promise<unknown>): Promise<void> {
  const [secrets, copy] = [join(home.state, "secrets"), join(home.folder, "backup")];
  cpSync(secrets, copy, { recursive: true });
  await work();
  rmSync(secrets, { recursive: true });
  cpSync(copy, secrets, { recursive: true });
}

describe("1. the refresh token is too old", () => {
  test("refresh-token-expired: its recorded expiry is past", async () => {
    const scene = await openScene();
    await seedExpired(scene, { refreshTokenExpiresAt: fromNow(-60) });
    expect(await code(scene, "token")).toBe("REFRESH_EXPIRED");
    expect(tell(await askDoctor(scene))).toBe("refresh-token-expired, certain, 4: qbo login c1");
    expect(tell(await askDoctor(scene, "--offline"))).toBe("refresh-token-expired, certain, 4: qbo login c1");
  });

  test("hard-expiry-reached: the five-year limit of the consent is past", async () => {
    const scene = await openScene();
    await seedExpired(scene, { hardExpiresAt: fromNow(-60), refreshTokenExpiresAt: fromNow(-60) });
    expect(await code(scene, "token")).toBe("REFRESH_EXPIRED");
    expect(tell(await askDoctor(scene))).toBe("hard-expiry-reached, certain, 4: qbo login c1");
  });

  test("stale-refresh-token: a newer one was stored here, and the old one is back", async () => {
    const scene = await openScene();
    await rotateAlways(scene);
    await seedExpired(scene);
    await restoreOldTokens(scene, () => run(scene, "refresh"));
    const error = readError(await run(scene, "refresh"));
    expect(error.message).toContain("An old refresh token was sent");
    const answer = await askDoctor(scene);
    expect(tell(answer)).toBe("stale-refresh-token, certain, 4: qbo login c1");
    expect(answer.ranking[0]?.evidence).toMatch(/[0-9a-f]{12}, which is stored, was replaced by [0-9a-f]{12}/);
  });
});

describe("2. service-outage", () => {
  test("the status page reports an incident", async () => {
    const scene = await openScene();
    await seedExpired(scene);
    await breakIt(scene, { kind: "outage", as: "invalid-grant" });
    expect(await code(scene, "token")).toBe("REFRESH_REJECTED");
    const answer = await askDoctor(scene);
    expect(tell(answer)).toBe("service-outage, likely, 6: qbo refresh c1");
    expect(answer.ranking.map(({ cause }) => cause)).toEqual(["service-outage", "revoked-or-rotated-elsewhere"]);
    await control(scene.emulator, "faults", undefined, "DELETE");
    expect(tell(await askDoctor(scene, "--refresh"))).toBe("healthy, 0");
  });

  test("several different connections are rejected within minutes, and nothing is announced", async () => {
    const scene = await openScene();
    await seed(scene, 3, { accessTokenExpiresAt: fromNow(-60) });
    await breakIt(scene, { kind: "outage", as: "invalid-grant", announced: false });
    for (const name of ["c1", "c2"]) expect(await code(scene, "token", name)).toBe("REFRESH_REJECTED");
    const error = readError(await run(scene, "token", "c3"));
    expect(error.message).toContain("an outage");
    expect(error.hint).toContain("try again in 15 minutes");
    expect(tell(await askDoctor(scene, "c3", "--offline"))).toBe("service-outage, likely, 6: qbo refresh c3");
  });
});

test("3. rotated-elsewhere: a cached value is sent, while another host holds the newer token", async () => {
  const scene = await openScene();
  await rotateAlways(scene);
  await seedExpired(scene);
  await restoreOldTokens(scene, () => run(scene, "refresh"));
  rewriteJournal(scene, (event) => ({ ...event, ...(event["event"] === "refreshed" ? { host: "build-7" } : {}) }));
  expect(await code(scene, "refresh")).toBe("REFRESH_REJECTED");
  const answer = await askDoctor(scene);
  expect(tell(answer)).toBe("rotated-elsewhere, certain, 4: qbo login c1");
  expect(answer.ranking[0]?.evidence).toContain("on build-7");
});

describe("4. unconfirmed-refresh: the answer of the last refresh was never stored", () => {
  test("before the token is sent once more", async () => {
    const scene = await openScene();
    await seedExpired(scene);
    await breakIt(scene, { kind: "lost-reply", endpoint: "token", count: 1 });
    expect(await code(scene, "token")).toBe("REFRESH_UNCONFIRMED");
    expect(tell(await askDoctor(scene))).toBe("unconfirmed-refresh, certain, 6: qbo refresh c1");
  });

  test("after it was sent once more, and rejected", async () => {
    const scene = await openScene();
    await rotateAlways(scene);
    await seedExpired(scene);
    await breakIt(scene, { kind: "lost-reply", endpoint: "token", count: 1 });
    await run(scene, "token");
    letPass(scene, 31);
    expect(readError(await run(scene, "token")).message).toContain("whose answer was lost");
    const answer = await askDoctor(scene);
    expect(tell(answer)).toBe("unconfirmed-refresh, likely, 4: qbo refresh c1");
    expect(answer.verdict?.fix[1]).toBe("qbo login c1");
  });
});

describe("5. the refresh token was revoked", () => {
  test("revoked-here: by qbo revoke", async () => {
    const scene = await openScene();
    await seed(scene);
    readAnswer(await run(scene, "revoke", "--yes"));
    const answer = await askDoctor(scene);
    expect(tell(answer)).toBe("revoked-here, certain, 4: qbo login c1");
    expect(answer.ranking[0]?.evidence).toContain("our own revocation");
  });

  test("revoked-or-rotated-elsewhere: by the person in QuickBooks, before anything was refreshed", async () => {
    const scene = await openScene();
    const [only] = await seed(scene);
    if (only) await disconnect(scene, only);
    const answer = await askDoctor(scene);
    expect(tell(answer)).toBe("revoked-or-rotated-elsewhere, likely, 4: qbo login c1");
    expect(listTroubles(answer)).toEqual(["fail api-access", "fail user-info"]);
  });

  test("revoked-or-rotated-elsewhere: and after it was rejected", async () => {
    const scene = await openScene();
    await disconnect(scene, await seedExpired(scene));
    const error = readError(await run(scene, "token"));
    expect(error.message).toContain("Most likely the app was disconnected in QuickBooks, or another program");
    expect(error.hint).toBe("Sign in again, with all its settings kept: qbo login c1");
    const answer = await askDoctor(scene);
    expect(tell(answer)).toBe("revoked-or-rotated-elsewhere, likely, 4: qbo login c1");
    expect(answer.verdict?.summary).toContain("Most likely the app was disconnected in QuickBooks");
    expect(answer.checks.find(({ id }) => id === "api-access")?.status).toBe("skip");
  });
});

test("6. double-exchange: one code was sent twice, and the first tokens are revoked", async () => {
  const scene = await openScene();
  const first = await startLogin(scene);
  const callback = await consent(first);
  await browse(callback);
  const { connection } = readAnswer<{ connection: { name: string } }>(await first.ended);
  const second = await startLogin(scene);
  const again = new URL(await consent(second));
  again.searchParams.set("code", new URL(callback).searchParams.get("code") ?? "");
  await browse(again.href);
  await second.ended;
  const error = readError(await run(scene, "refresh", connection.name));
  expect(error.message).toContain("One authorization code was sent twice");
  const answer = await askDoctor(scene, connection.name);
  expect(tell(answer)).toBe(`double-exchange, certain, 4: qbo login ${connection.name}`);
});

describe("causes that the FAQ does not list", () => {
  test("keys-wrong: the secret was replaced at Intuit", async () => {
    const scene = await openScene();
    await seedExpired(scene);
    await control(scene.emulator, "app", { clientId: "qbo-emulator-client", clientSecret: "another" });
    expect(await code(scene, "token")).toBe("CLIENT_REJECTED");
    const answer = await askDoctor(scene);
    expect(tell(answer)).toMatch(
      /^keys-wrong, certain, 5: qbo app set --env emulator --client-id qbo-emulator-client /,
    );
  });

  test("shadowed-by-environment: QBO_CLIENT_SECRET overrides the secret that works", async () => {
    const scene = await openScene();
    await seedExpired(scene);
    scene.env = { QBO_CLIENT_ID: "qbo-emulator-client", QBO_CLIENT_SECRET: "of-last-year" };
    expect(await code(scene, "token")).toBe("CLIENT_REJECTED");
    const answer = await askDoctor(scene);
    expect(tell(answer)).toBe("shadowed-by-environment, certain, 7: unset QBO_CLIENT_ID QBO_CLIENT_SECRET");
  });

  test("shadowed-by-environment: QBO_STATE_DIR hides the folder that holds the connections", async () => {
    const scene = await openScene();
    scene.env = { QBO_STATE_DIR: undefined };
    await seed(scene);
    scene.env = {};
    expect(await code(scene, "token", "c1")).toBe("NOT_CONNECTED");
    const answer = await askDoctor(scene, "c1");
    expect(tell(answer)).toBe("shadowed-by-environment, likely, 7: unset QBO_STATE_DIR");
  });

  test("shadowed-by-environment: a project's file chooses another environment than the connection's", async () => {
    const scene = await openScene();
    await seed(scene);
    const path = join(scene.home.folder, ".qbo.json");
    writeFileSync(path, JSON.stringify({ environment: "sandbox" }), { mode: 0o644 });
    const error = readError(await run(scene, "token"));
    expect(error.code).toBe("NOT_CONNECTED");
    expect(error.message).toContain(`sandbox (set by ${path})`);
    const answer = await askDoctor(scene, "--offline");
    expect(tell(answer)).toBe("shadowed-by-environment, certain, 7: qbo config unset environment --project");
    expect(answer.ranking[0]?.evidence).toContain(`${path} says sandbox`);
    readAnswer(await run(scene, "config", "unset", "environment", "--project"));
    expect(tell(await askDoctor(scene))).toBe("healthy, 0");
  });

  test("shadowed-by-environment: a project's file names another client than the one that made the connection", async () => {
    const scene = await openScene();
    const only = await seedExpired(scene);
    const path = join(scene.home.folder, ".qbo.json");
    writeFileSync(path, JSON.stringify({ apps: { emulator: { clientId: "theirs" } } }), { mode: 0o644 });
    expect(tell(await askDoctor(scene))).toBe("healthy, 0");
    await disconnect(scene, only);
    expect(await code(scene, "token")).toBe("REFRESH_REJECTED");
    const { ranking } = await askDoctor(scene);
    expect(ranking.map(({ cause }) => cause)).toContain("shadowed-by-environment");
    expect(ranking.find(({ cause }) => cause === "client-changed")?.evidence).toContain(`theirs by now (${path})`);
  });

  test("client-changed: the app has another client ID by now", async () => {
    const scene = await openScene();
    const only = await seedExpired(scene);
    const set = ["app", "set", "--env", "emulator", "--client-id", "new-client", "--client-secret-stdin"];
    const stdin = "new-secret";
    readAnswer(await runQbo([...set, "--json"], { ...scene, stdin }));
    expect(tell(await askDoctor(scene))).toBe("healthy, 0");
    await disconnect(scene, only);
    expect(await code(scene, "token")).toBe("REFRESH_REJECTED");
    const answer = await askDoctor(scene);
    expect(tell(answer)).toBe("client-changed, likely, 4: qbo login c1");
    expect(answer.ranking.map(({ cause }) => cause)).toEqual(["client-changed", "revoked-or-rotated-elsewhere"]);
  });

  test("clock-skew: Intuit's clock is two minutes ahead", async () => {
    const scene = await openScene();
    await seed(scene);
    await control(scene.emulator, "policy", { dateFollowsClock: true });
    await control(scene.emulator, "clock", { advance: 120 });
    const answer = await askDoctor(scene);
    expect(tell(answer)).toBe("clock-skew, certain, 7: qbo doctor c1");
    expect(answer.ranking[0]?.evidence).toMatch(/(1|2) min behind Intuit's/);
  });

  test.each([
    ["not-admin", "not-admin-anymore, certain, 5: qbo login c1"],
    ["subscription", "subscription-lapsed, certain, 5: qbo doctor c1"],
    ["subscription-lapsed", "subscription-lapsed, likely, 5: qbo doctor c1"],
  ])("the API tells: %s", async (kind, verdict) => {
    const scene = await openScene();
    await seed(scene);
    await breakIt(scene, { kind });
    expect(tell(await askDoctor(scene))).toBe(verdict);
  });

  test("scope-missing: the configuration asks for more than was consented to", async () => {
    const scene = await openScene();
    await seed(scene, 1, { scopes: ["com.intuit.quickbooks.accounting"] });
    expect(tell(await askDoctor(scene))).toBe("healthy, 0");
    scene.env = { QBO_SCOPES: "com.intuit.quickbooks.accounting openid" };
    expect(await code(scene, "whoami")).toBe("SCOPE_MISSING");
    expect(tell(await askDoctor(scene))).toBe("scope-missing, certain, 4: qbo login c1 --add-scope openid");
  });

  test("store-unavailable: the store is sealed with another key", async () => {
    const scene = await openScene();
    await seedExpired(scene);
    scene.env = { QBO_STORE_KEY: Buffer.alloc(32, "another key").toString("base64") };
    expect(readError(await run(scene, "token")).exitCode).toBe(7);
    const answer = await askDoctor(scene);
    expect(tell(answer)).toMatch(/^store-unavailable, certain, 7: .*QBO_STORE_KEY/);
    expect(answer.checks[0]).toMatchObject({ id: "store-access", status: "fail" });
  });

  test("store-unavailable: nothing can be read at all", async () => {
    const scene = await openScene();
    await seedExpired(scene);
    const folder = join(scene.home.state, "connections");
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "no folder");
    expect(tell(await askDoctor(scene))).toMatch(/^store-unavailable, certain, 7: /);
  });

  test("network-unreachable: nobody answers", async () => {
    const scene = await openScene();
    await seedExpired(scene);
    await scene.emulator.close();
    expect(await code(scene, "token")).toBe("INTUIT_UNREACHABLE");
    expect(tell(await askDoctor(scene))).toBe("network-unreachable, certain, 6: qbo emulator");
  });
});
