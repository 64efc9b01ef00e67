import { expect, test } from "vitest";
import type { SeededConnection } from "../../src/emulator/state/seed.ts";
import {
  consent,
  control,
  countEffects,
  exchange,
  firstRealm,
  get,
  getCompanyInfo,
  readJson,
  refresh,
  revoke,
  signIn,
  start,
} from "./emulator-client.ts";

test.each([
  [{ kind: "outage" }, 503, /^$/],
  [{ kind: "outage", as: "html", status: 504 }, 504, /<html>/],
  [{ kind: "outage", as: "invalid-grant" }, 400, /"invalid_grant".*"Incorrect or invalid refresh token"/],
  [{ kind: "html-error" }, 500, /<html>/],
  [{ kind: "invalid-grant" }, 400, /"invalid_grant".*"Incorrect or invalid refresh token"/],
  [{ kind: "invalid-client" }, 401, /^{"error":"invalid_client"}$/],
  [{ kind: "throttle" }, 429, /3001/],
  [{ kind: "garbage", body: "{" }, 200, /^{$/],
  [{ kind: "redirect", location: "https://evil.example/" }, 302, /^$/],
])("%j answers the token request once, changes nothing, and is gone", async (fault, status, body) => {
  const emulator = await start();
  await control(emulator, "policy", { rotateAfterSeconds: 0 });
  const { refresh_token } = await signIn(emulator);
  await control(emulator, "faults", fault);
  const response = await refresh(emulator, refresh_token);
  expect(response.status).toBe(status);
  expect(await response.text()).toMatch(body);
  expect(await countEffects(emulator)).toMatchObject({ refreshes: 0, rejectedRefreshes: 0 });
  expect((await refresh(emulator, refresh_token)).status).toBe(200);
});

test.each([
  ["lost-reply", 1],
  ["cut-reply", 1],
  ["dropped-request", 0],
])("%s breaks the connection; refreshes that took effect: %i", async (kind, effects) => {
  const emulator = await start();
  await control(emulator, "policy", { rotateAfterSeconds: 0 });
  const { refresh_token } = await signIn(emulator);
  await control(emulator, "faults", { kind, endpoint: "token" });
  const attempt = refresh(emulator, refresh_token).then((response) => response.text());
  await expect(attempt).rejects.toBeInstanceOf(TypeError);
  expect(await countEffects(emulator)).toMatchObject({ refreshes: effects });
  expect((await refresh(emulator, refresh_token)).status).toBe(effects === 1 ? 400 : 200);
});

test("slow answers late and is processed", async () => {
  const emulator = await start();
  const { refresh_token } = await signIn(emulator);
  await control(emulator, "faults", { kind: "slow", ms: 150, endpoint: "token" });
  const before = Date.now();
  expect((await refresh(emulator, refresh_token)).status).toBe(200);
  expect(Date.now() - before).toBeGreaterThanOrEqual(140);
});

test("throttle says how long to wait, or does not", async () => {
  const emulator = await start();
  await control(emulator, "faults", { kind: "throttle", retryAfter: 7 });
  await control(emulator, "faults", { kind: "throttle", retryAfter: -1 });
  expect((await refresh(emulator, "x")).headers.get("retry-after")).toBe("7");
  expect((await refresh(emulator, "x")).headers.get("retry-after")).toBe(null);
});

test.each([
  ["not-admin", 401, { fault: { error: [{ code: "120" }] } }],
  ["subscription", 400, { Fault: { Error: [{ code: "6190" }] } }],
  ["subscription-lapsed", 400, { Fault: { Error: [{ code: "7001" }] } }],
  ["environment-mismatch", 403, { Fault: { Error: [{ code: "3100" }] } }],
  ["throttle", 429, { Fault: { Error: [{ code: "3001" }] } }],
])("%s answers the API with %i and its fault", async (kind, status, body) => {
  const emulator = await start();
  const { access_token } = await signIn(emulator);
  await control(emulator, "faults", { kind, endpoint: "companyinfo" });
  const response = await getCompanyInfo(emulator, access_token);
  expect(response.status).toBe(status);
  expect(await readJson(response)).toMatchObject(body);
});

test("a 200 can carry a fault", async () => {
  const emulator = await start();
  const { access_token } = await signIn(emulator);
  await control(emulator, "faults", { kind: "subscription", status: 200 });
  expect((await getCompanyInfo(emulator, access_token)).status).toBe(200);
});

test("a fault hits the endpoint and company it names, as often as it says", async () => {
  const emulator = await start();
  const { connections } = await control<{ connections: SeededConnection[] }>(emulator, "seed", { connections: 2 });
  const [first, second] = connections;
  await control(emulator, "faults", { kind: "outage", realmId: first?.realmId, count: 2 });
  const ask = async (): Promise<number[]> => [
    (await refresh(emulator, first?.refreshToken ?? "")).status,
    (await refresh(emulator, second?.refreshToken ?? "")).status,
  ];
  expect([await ask(), await ask(), await ask()]).toEqual([
    [503, 200],
    [503, 200],
    [200, 200],
  ]);
  await control(emulator, "faults", { kind: "outage", endpoint: "revoke", count: 0 });
  expect((await refresh(emulator, second?.refreshToken ?? "")).status).toBe(200);
  expect((await revoke(emulator, second?.refreshToken)).status).toBe(503);
  expect((await revoke(emulator, second?.refreshToken)).status).toBe(503);
  await control(emulator, "faults", { kind: "outage", endpoint: "userinfo", realmId: first?.realmId });
  expect((await get(emulator, "/v1/openid_connect/userinfo", first?.accessToken)).status).toBe(503);
});

test("an exchange can be hit for one company, and its code survives an outage", async () => {
  const emulator = await start();
  const code = (await consent(emulator)).get("code") ?? "";
  await control(emulator, "faults", { kind: "outage", realmId: firstRealm(emulator) });
  expect((await exchange(emulator, code)).status).toBe(503);
  expect((await exchange(emulator, code)).status).toBe(200);
});

test.each([
  ["discovery", "/.well-known/openid_configuration"],
  ["jwks", "/op/v1/jwks"],
  ["status", "/api/v2/status.json"],
])("a fault on %s", async (endpoint, path) => {
  const emulator = await start();
  await control(emulator, "faults", { kind: "garbage", endpoint, body: "ab", repeat: 3, contentType: "text/plain" });
  const response = await get(emulator, path);
  expect([await response.text(), response.headers.get("content-type")]).toEqual(["ababab", "text/plain"]);
});
