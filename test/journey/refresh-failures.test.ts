import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";
import type { TestWorld } from "../world/test-world.ts";

const [hour, day] = [3600, 86_400];
const tokenPath = "/oauth2/v1/tokens/bearer";

/** The sealed records as they lie on disk. */
function readSecrets({ paths }: TestWorld): string[] {
  return readdirSync(paths.secrets, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".json"))
    .map((file) => readFileSync(join(paths.secrets, file), "utf8"));
}

async function startSignedIn() {
  const intuit = await startEmulatedIntuit();
  await intuit.signIn(undefined, "--name", "acme");
  return intuit;
}

describe("a refresh whose answer is lost", () => {
  it.each([
    [{ kind: "lost-reply", endpoint: "token" }, "REFRESH_UNCONFIRMED"],
    [{ kind: "cut-reply", endpoint: "token" }, "REFRESH_UNCONFIRMED"],
    [{ kind: "html-error", endpoint: "token", status: 504 }, "REFRESH_UNCONFIRMED"],
    [{ kind: "garbage", endpoint: "token", body: "<html>" }, "INTUIT_UNEXPECTED_ANSWER"],
  ])("is sent once, changes nothing, and is sent again 30 s later: %j", async (fault, code) => {
    const { qbo, control, advance, countRequests, world } = await startSignedIn();
    await advance(2 * hour);
    const before = readSecrets(world);
    await control("faults", { ...fault, count: 1 });

    const lost = await qbo("token", "--json");
    expect(lost.stdout).toBe("");
    expect(lost.error()).toMatchObject({ code, connection: "acme" });
    expect(readSecrets(world)).toEqual(before);
    expect((await qbo("status", "--json")).json()).toMatchObject({
      connections: [{ state: "stale", lastRefresh: { outcome: "unconfirmed" } }],
    });

    expect((await qbo("token", "--json")).error()).toMatchObject({ code: "REFRESH_UNCONFIRMED", exitCode: 6 });
    expect((await qbo("refresh", "--json")).error()).toMatchObject({ code: "REFRESH_UNCONFIRMED" });
    expect(await countRequests(tokenPath)).toBe(2);

    await advance(31);
    expect((await qbo("token")).exitCode).toBe(0);
    expect(await countRequests(tokenPath)).toBe(3);
  });

  it("is named as the cause when Intuit rejects the stored token afterwards", async () => {
    const { qbo, control, advance } = await startSignedIn();
    await advance(2 * day);
    await control("faults", { kind: "lost-reply", endpoint: "token" });
    await qbo("token");
    await advance(31);
    const rejected = (await qbo("token", "--json")).error();
    expect(rejected).toMatchObject({ code: "REFRESH_REJECTED", intuitError: "invalid_grant" });
    expect(rejected.message).toContain("whose answer was lost");
  });
});

describe("a rejected refresh token", () => {
  it("marks the connection for ten minutes, deletes nothing, and a success clears the mark", async () => {
    const { qbo, control, advance, countRequests, world } = await startSignedIn();
    await advance(2 * hour);
    const before = readSecrets(world);
    await control("faults", { kind: "invalid-grant", count: 0 });

    expect((await qbo("token", "--json")).error()).toMatchObject({
      code: "REFRESH_REJECTED",
      exitCode: 4,
      httpStatus: 400,
      intuitError: "invalid_grant",
      hint: "Sign in again, with all its settings kept: qbo login acme",
    });
    expect(readSecrets(world)).toEqual(before);
    expect((await qbo("status", "--json")).json()).toMatchObject({
      connections: [{ state: "reconnect", nextAction: "qbo login acme" }],
    });

    await advance(9 * 60);
    expect((await qbo("token", "--json")).error()).toMatchObject({ code: "REFRESH_REJECTED" });
    expect(await countRequests(tokenPath)).toBe(2);
    expect((await qbo("refresh", "--json")).error()).toMatchObject({ code: "REFRESH_REJECTED" });
    expect(await countRequests(tokenPath)).toBe(3);

    await advance(10 * 60);
    await control("faults", undefined, "DELETE");
    expect((await qbo("token")).exitCode).toBe(0);
    expect((await qbo("status", "--json")).json()).toMatchObject({
      connections: [{ state: "ready", nextAction: null }],
    });
  });

  it("is tried by qbo refresh at any time", async () => {
    const { qbo, control, advance } = await startSignedIn();
    await advance(2 * hour);
    await control("faults", { kind: "invalid-grant" });
    await qbo("token");
    expect((await qbo("refresh")).exitCode).toBe(0);
    expect((await qbo("token")).exitCode).toBe(0);
  });
});

describe("an outage while the access token still lives for a while", () => {
  it.each([{ kind: "outage" }, { kind: "throttle" }, { kind: "lost-reply" }])(
    "hands out what is stored, with a warning, when at least a minute remains: %j",
    async (fault) => {
      const { qbo, control, advance } = await startSignedIn();
      const { stdout } = await qbo("token");
      await advance(hour - 200);
      await control("faults", { ...fault, endpoint: "token", count: 0 });

      const late = await qbo("token");
      expect(late).toMatchObject({ exitCode: 0, stdout });
      expect(late.stderr).toMatch(/stored access token is used instead; it expires in [23] min/);
      expect(await qbo("token", "--min-validity", "300")).toMatchObject({ exitCode: 6, stdout: "" });

      await advance(150);
      expect(await qbo("token")).toMatchObject({ exitCode: 6, stdout: "" });
    },
  );
});

describe("a refresh token past its time", () => {
  it("is not sent by qbo token, and refresh tries it all the same", async () => {
    const { qbo, advance, countRequests } = await startSignedIn();
    await advance(102 * day);
    const expired = (await qbo("token", "--json")).error();
    expect(expired).toMatchObject({ code: "REFRESH_EXPIRED", exitCode: 4, connection: "acme" });
    expect(expired.message).toContain("was not used for too long");
    expect(await countRequests(tokenPath)).toBe(1);
    expect((await qbo("refresh", "--json")).error()).toMatchObject({ code: "REFRESH_REJECTED" });
    expect(await countRequests(tokenPath)).toBe(2);
  });

  it("names the five-year limit, which refreshing does not move", async () => {
    const intuit = await startEmulatedIntuit();
    await intuit.control("policy", { hardLifetimeSeconds: 40 * day });
    await intuit.signIn(undefined, "--name", "acme");
    await intuit.advance(30 * day);
    await intuit.qbo("refresh");
    expect((await intuit.qbo("status", "--json")).json()).toMatchObject({
      connections: [{ state: "expiring", nextAction: "qbo login acme" }],
    });
    await intuit.advance(11 * day);
    const expired = (await intuit.qbo("token", "--json")).error();
    expect(expired.code).toBe("REFRESH_EXPIRED");
    expect(expired.message).toContain("five-year limit");
  });
});

describe("what Intuit answers to a refresh", () => {
  it.each([
    [{ kind: "outage" }, "INTUIT_BUSY", 6, 2],
    [{ kind: "throttle" }, "INTUIT_BUSY", 6, 2],
    [{ kind: "throttle", retryAfter: 2 }, "INTUIT_BUSY", 6, 4],
    [{ kind: "invalid-client" }, "CLIENT_REJECTED", 5, 2],
    [{ kind: "redirect" }, "INTUIT_UNEXPECTED_ANSWER", 5, 2],
    [{ kind: "garbage", status: 400, body: '{"error":"invalid_request"}' }, "INTUIT_REJECTED", 5, 2],
    [{ kind: "garbage", body: '{"token_type":"bearer","access_token":"a"}' }, "INTUIT_UNEXPECTED_ANSWER", 5, 2],
  ])("has a code of its own and costs no connection: %j", async (fault, code, exitCode, requests) => {
    const { qbo, control, countRequests, world } = await startSignedIn();
    const before = readSecrets(world);
    await control("faults", { ...fault, endpoint: "token", count: 0 });
    expect((await qbo("refresh", "--json")).error()).toMatchObject({ code, exitCode, connection: "acme" });
    expect(await countRequests(tokenPath)).toBe(requests);
    expect(readSecrets(world)).toEqual(before);
    expect((await qbo("status", "--json")).json()).toMatchObject({ connections: [{ state: "ready" }] });
  });

  it("may be nothing, when nobody listens: that is tried again, and told", async () => {
    const { qbo, emulator, world } = await startSignedIn();
    await emulator.close();
    const failed = (await qbo("refresh", "--json")).error();
    expect(failed).toMatchObject({ code: "INTUIT_UNREACHABLE", exitCode: 6 });
    expect(failed.hint).toContain("qbo emulator");
    expect(world.clock.sleeps.filter((sleep) => sleep < 10_000)).toEqual([500, 2000]);
  });
});

describe("calls of the API", () => {
  it("refresh once after a 401, and then repeat once", async () => {
    const { qbo, control, effects, countRequests, emulator } = await startSignedIn();
    const realm = emulator.announcement().companies[0]?.realmId ?? "";
    await control("faults", { kind: "invalid-grant", endpoint: "companyinfo", count: 1 });
    const before = await countRequests(`/v3/company/${realm}/companyinfo/${realm}`);
    expect((await qbo("companyinfo")).exitCode).toBe(0);
    expect(await countRequests(`/v3/company/${realm}/companyinfo/${realm}`)).toBe(before + 2);
    expect((await effects()).refreshes).toBe(1);
  });

  it.each([
    [{ kind: "not-admin" }, "INTUIT_REJECTED", "administrator", 0],
    [{ kind: "subscription" }, "INTUIT_REJECTED", "subscription has ended", 0],
    [{ kind: "subscription-lapsed" }, "INTUIT_REJECTED", "lapsed", 0],
    [{ kind: "environment-mismatch" }, "INTUIT_REJECTED", "do not fit the company", 0],
    [{ kind: "invalid-grant" }, "INTUIT_REJECTED", "does not accept the access token", 1],
    [{ kind: "throttle" }, "INTUIT_BUSY", "throttling", 0],
    [{ kind: "outage" }, "INTUIT_BUSY", "503", 0],
    [{ kind: "garbage", body: "{}" }, "INTUIT_UNEXPECTED_ANSWER", "company info", 0],
    [{ kind: "lost-reply" }, "INTUIT_UNREACHABLE", "lost", 0],
  ])("tell what the fault means: %j", async (fault, code, words, refreshes) => {
    const { qbo, control, effects } = await startSignedIn();
    await control("faults", { ...fault, endpoint: "companyinfo", count: 0 });
    const failed = (await qbo("companyinfo", "--json")).error();
    expect(failed.code).toBe(code);
    expect(failed.message).toContain(words);
    expect((await effects()).refreshes).toBe(refreshes);
  });

  it("need the scope openid to know the person", async () => {
    const { qbo, signIn, countRequests } = await startEmulatedIntuit();
    await signIn(undefined, "--scopes", "com.intuit.quickbooks.accounting");
    const failed = (await qbo("whoami", "--json")).error();
    expect(failed).toMatchObject({ code: "SCOPE_MISSING", exitCode: 4 });
    expect(failed.hint).toContain("--add-scope openid");
    expect(await countRequests("/v1/openid_connect/userinfo")).toBe(0);
  });

  it("show the tax number only when asked", async () => {
    const { qbo } = await startSignedIn();
    const shown = (await qbo("companyinfo", "--show-tax-id", "--json")).json<{ companyInfo: object }>();
    expect(shown.companyInfo).toHaveProperty("EmployerId");
    expect((await qbo("companyinfo")).stdout).not.toContain("tax number");
  });
});
