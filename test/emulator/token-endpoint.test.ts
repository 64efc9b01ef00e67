import { expect, test } from "vitest";
import {
  BASIC,
  basic,
  consent,
  control,
  countEffects,
  exchange,
  expectAbout,
  firstRealm,
  getCompanyInfo,
  INVALID_CODE,
  INVALID_REFRESH,
  postToken,
  readJson,
  readTokens,
  REDIRECT_URI,
  refresh,
  signIn,
  sortStatuses,
  start,
} from "./emulator-client.ts";

async function getCode(emulator: Awaited<ReturnType<typeof start>>): Promise<string> {
  return (await consent(emulator)).get("code") ?? "";
}

test("an exchange answers in Intuit's shape, without scope and realm ID", async () => {
  const emulator = await start();
  const response = await exchange(emulator, await getCode(emulator));
  const answer = await readJson(response);
  expect(Object.keys(answer).toSorted()).toEqual(
    ["access_token", "expires_in", "id_token", "refresh_token", "token_type", "x_refresh_token_expires_in"].toSorted(),
  );
  expect(answer).toMatchObject({ token_type: "bearer", expires_in: 3600, x_refresh_token_expires_in: 8_726_400 });
  expect(answer["access_token"]).toHaveLength(900);
  expect(String(answer["refresh_token"])).toMatch(/^RT1-.{40,508}$/);
  expect(response.headers.get("cache-control")).toContain("no-store");
});

test("the header for the hard expiry adds it, five years from consent", async () => {
  const emulator = await start();
  const headers = { "x-include-refresh-token-hard-expires-in": "true" };
  const tokens = await readTokens(await exchange(emulator, await getCode(emulator), headers));
  expectAbout(tokens.x_refresh_token_hard_expires_in, 157_680_000);
  await control(emulator, "clock", { advance: 1000 });
  const refreshed = await readTokens(await refresh(emulator, tokens.refresh_token, headers));
  expectAbout(refreshed.x_refresh_token_hard_expires_in, 157_679_000);
  const bare = await readTokens(await refresh(emulator, tokens.refresh_token));
  expect(bare).not.toHaveProperty("x_refresh_token_hard_expires_in");
});

test.each([
  ["no keys", { authorization: "" }, {}],
  ["a wrong secret", { authorization: basic("qbo-emulator-client", "wrong") }, {}],
  ["another client", { authorization: basic("somebody", "qbo-emulator-secret") }, {}],
  ["another scheme", { authorization: "Bearer x" }, {}],
  ["what is no Base64", { authorization: "Basic !!!" }, {}],
  [
    "keys in the body only",
    { authorization: "" },
    { client_id: "qbo-emulator-client", client_secret: "qbo-emulator-secret" },
  ],
  ["a client_id in the body besides Basic", { authorization: BASIC }, { client_id: "qbo-emulator-client" }],
])("%s: 401 invalid_client", async (_name, headers, form) => {
  const emulator = await start();
  const code = await getCode(emulator);
  const request = { grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI };
  const response = await postToken(emulator, { ...request, ...form }, headers);
  expect(response.status).toBe(401);
  expect(await readJson(response)).toEqual({ error: "invalid_client" });
  expect((await exchange(emulator, code)).status).toBe(200);
});

test("the key check: a made-up code tells right keys from wrong ones", async () => {
  const emulator = await start();
  const right = await exchange(emulator, "made-up");
  expect([right.status, await readJson(right)]).toEqual([400, INVALID_CODE]);
  expect((await exchange(emulator, "made-up", { authorization: basic("qbo-emulator-client", "x") })).status).toBe(401);
});

test.each([
  ["no grant type", {}, "invalid_request"],
  ["an unknown grant type", { grant_type: "password" }, "unsupported_grant_type"],
  ["no code", { grant_type: "authorization_code", redirect_uri: REDIRECT_URI }, "invalid_request"],
  ["no redirect URI", { grant_type: "authorization_code", code: "x" }, "invalid_request"],
  ["no refresh token", { grant_type: "refresh_token" }, "invalid_request"],
])("%s: a 400 that names the error", async (_name, form, error) => {
  const emulator = await start();
  const response = await postToken(emulator, form);
  expect([response.status, await readJson(response)]).toEqual([400, { error }]);
});

test("only a form that is posted is read", async () => {
  const { baseUrl } = await start();
  const url = `${baseUrl}/oauth2/v1/tokens/bearer`;
  const got = await fetch(url);
  expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
  const headers = { authorization: BASIC, "content-type": "application/json" };
  expect((await fetch(url, { method: "POST", headers, body: '{"grant_type":"refresh_token"}' })).status).toBe(400);
});

test("a second exchange of a code is refused and voids what the first gave", async () => {
  const emulator = await start();
  const code = await getCode(emulator);
  const tokens = await readTokens(await exchange(emulator, code));
  expect((await getCompanyInfo(emulator, tokens.access_token)).status).toBe(200);
  const second = await exchange(emulator, code);
  expect([second.status, await readJson(second)]).toEqual([400, INVALID_CODE]);
  expect((await getCompanyInfo(emulator, tokens.access_token)).status).toBe(401);
  expect((await refresh(emulator, tokens.refresh_token)).status).toBe(400);
});

test("of many exchanges at once exactly one succeeds, also when every answer is late", async () => {
  const emulator = await start({ latencyMs: 30 });
  const code = await getCode(emulator);
  const answers = await Promise.all(Array.from({ length: 8 }, () => exchange(emulator, code)));
  expect(sortStatuses(answers)).toEqual([200, ...Array<number>(7).fill(400)]);
  expect(await countEffects(emulator)).toMatchObject({ exchanges: 1, rejectedExchanges: 7 });
});

test("a code lives ten minutes and belongs to its redirect URI", async () => {
  const emulator = await start();
  const code = await getCode(emulator);
  const form = { grant_type: "authorization_code", code, redirect_uri: "http://localhost:8722/callback" };
  expect(await readJson(await postToken(emulator, form))).toEqual(INVALID_CODE);
  await control(emulator, "clock", { advance: 540 });
  const late = await getCode(emulator);
  expect((await exchange(emulator, code)).status).toBe(200);
  await control(emulator, "clock", { advance: 600 });
  expect(await readJson(await exchange(emulator, late))).toEqual(INVALID_CODE);
});

test("codes and tokens belong to the client that asked", async () => {
  const emulator = await start();
  await control(emulator, "app", { clientId: "second", clientSecret: "its-secret" });
  const stranger = { authorization: basic("second", "its-secret") };
  const code = await getCode(emulator);
  expect((await exchange(emulator, code, stranger)).status).toBe(400);
  const tokens = await readTokens(await exchange(emulator, code));
  expect(await readJson(await refresh(emulator, tokens.refresh_token, stranger))).toEqual(INVALID_REFRESH);
  expect((await refresh(emulator, tokens.refresh_token)).status).toBe(200);
});

test("a changed secret makes the old one wrong", async () => {
  const emulator = await start();
  const tokens = await signIn(emulator);
  await control(emulator, "app", { clientId: "qbo-emulator-client", clientSecret: "new" });
  expect((await refresh(emulator, tokens.refresh_token)).status).toBe(401);
  const authorization = basic("qbo-emulator-client", "new");
  expect((await refresh(emulator, tokens.refresh_token, { authorization })).status).toBe(200);
});

test("numbers come as strings and tokens at full length on request", async () => {
  const emulator = await start();
  await control(emulator, "policy", { numbersAsStrings: true, accessTokenLength: 4096 });
  const tokens = await signIn(emulator);
  expect(tokens).toMatchObject({ expires_in: "3600", x_refresh_token_expires_in: "8726400" });
  expect(tokens.access_token).toHaveLength(4096);
  expect((await getCompanyInfo(emulator, tokens.access_token, firstRealm(emulator))).status).toBe(200);
});
