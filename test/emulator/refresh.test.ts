import { expect, test } from "vitest";
import {
  control,
  countEffects,
  DAY,
  expectAbout,
  firstRealm,
  getCompanyInfo,
  INVALID_REFRESH,
  readJson,
  readTokens,
  refresh,
  signIn,
  sortStatuses,
  start,
} from "./emulator-client.ts";

const FIVE_YEARS = 157_680_000;
const WITH_HARD_EXPIRY = { "x-include-refresh-token-hard-expires-in": "true" };

test("within a day a refresh keeps the refresh token; from a day on it changes and the old one is dead", async () => {
  const emulator = await start();
  const first = await signIn(emulator);
  const second = await readTokens(await refresh(emulator, first.refresh_token));
  expect(second.refresh_token).toBe(first.refresh_token);
  expect(second.access_token).not.toBe(first.access_token);
  await control(emulator, "clock", { advance: DAY });
  const third = await readTokens(await refresh(emulator, first.refresh_token));
  expect(third.refresh_token).not.toBe(first.refresh_token);
  const stale = await refresh(emulator, first.refresh_token);
  expect([stale.status, await readJson(stale)]).toEqual([400, INVALID_REFRESH]);
  expect((await refresh(emulator, third.refresh_token)).status).toBe(200);
  expect(await countEffects(emulator)).toMatchObject({ exchanges: 1, refreshes: 3, rejectedRefreshes: 1 });
});

test("with accept-24h the old value works for one more day", async () => {
  const emulator = await start();
  await control(emulator, "policy", { oldRefreshTokens: "accept-24h" });
  const first = await signIn(emulator);
  await control(emulator, "clock", { advance: DAY });
  const second = await readTokens(await refresh(emulator, first.refresh_token));
  await control(emulator, "clock", { advance: DAY - 60 });
  expect((await readTokens(await refresh(emulator, first.refresh_token))).refresh_token).toBe(second.refresh_token);
  await control(emulator, "clock", { advance: 60 });
  expect((await refresh(emulator, first.refresh_token)).status).toBe(400);
  expect((await refresh(emulator, second.refresh_token)).status).toBe(200);
});

test("with revoke-chain an old value kills the grant", async () => {
  const emulator = await start();
  await control(emulator, "policy", { oldRefreshTokens: "revoke-chain", rotateAfterSeconds: 0 });
  const first = await signIn(emulator);
  const second = await readTokens(await refresh(emulator, first.refresh_token));
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect((await refresh(emulator, first.refresh_token)).status).toBe(400);
  expect((await refresh(emulator, second.refresh_token)).status).toBe(400);
  expect((await getCompanyInfo(emulator, second.access_token)).status).toBe(401);
});

test("two refreshes at once with a token that is due: one wins", async () => {
  const emulator = await start({ latencyMs: 20 });
  await control(emulator, "policy", { rotateAfterSeconds: 0 });
  const { refresh_token } = await signIn(emulator);
  const answers = await Promise.all([refresh(emulator, refresh_token), refresh(emulator, refresh_token)]);
  expect(sortStatuses(answers)).toEqual([200, 400]);
});

test("a refresh token rolls: each refresh starts its lifetime anew, and without one it ends", async () => {
  const emulator = await start();
  const first = await signIn(emulator);
  await control(emulator, "clock", { advance: 100 * DAY });
  const second = await readTokens(await refresh(emulator, first.refresh_token));
  expect(second.x_refresh_token_expires_in).toBe(101 * DAY);
  await control(emulator, "clock", { advance: 101 * DAY });
  expect(await readJson(await refresh(emulator, second.refresh_token))).toEqual(INVALID_REFRESH);
});

test("the five-year cap is not moved by refreshing, nor by consenting again", async () => {
  const emulator = await start();
  await control(emulator, "policy", { refreshTokenLifetimeSeconds: FIVE_YEARS * 2 });
  const first = await signIn(emulator);
  await control(emulator, "clock", { advance: FIVE_YEARS - 100 });
  const second = await readTokens(await refresh(emulator, first.refresh_token, WITH_HARD_EXPIRY));
  expect(second.x_refresh_token_hard_expires_in).toBeLessThanOrEqual(100);
  expect(second.x_refresh_token_expires_in).toBeLessThanOrEqual(100);
  const again = await signIn(emulator);
  expect(again.x_refresh_token_hard_expires_in).toBeLessThanOrEqual(100);
  await control(emulator, "clock", { advance: 100 });
  expect(await readJson(await refresh(emulator, second.refresh_token))).toEqual(INVALID_REFRESH);
  expectAbout((await signIn(emulator)).x_refresh_token_hard_expires_in, FIVE_YEARS);
});

test("a consent after a disconnect starts five new years", async () => {
  expect.hasAssertions();
  const emulator = await start();
  await signIn(emulator);
  await control(emulator, "clock", { advance: 1000 });
  await control(emulator, "disconnect", { realmId: firstRealm(emulator) });
  expectAbout((await signIn(emulator)).x_refresh_token_hard_expires_in, FIVE_YEARS);
});

test("an access token ends after an hour, and is no refresh token", async () => {
  const emulator = await start();
  const { access_token } = await signIn(emulator);
  expect((await refresh(emulator, access_token)).status).toBe(400);
  await control(emulator, "clock", { advance: 3540 });
  expect((await getCompanyInfo(emulator, access_token)).status).toBe(200);
  await control(emulator, "clock", { advance: 60 });
  expect((await getCompanyInfo(emulator, access_token)).status).toBe(401);
});
