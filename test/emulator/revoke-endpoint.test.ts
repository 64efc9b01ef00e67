import { expect, test } from "vitest";
import {
  BASIC,
  basic,
  control,
  countEffects,
  firstRealm,
  getCompanyInfo,
  readTokens,
  refresh,
  revoke,
  signIn,
  start,
} from "./emulator-client.ts";

test.each(["refresh_token", "access_token"] as const)("revoking the %s voids the pair", async (kind) => {
  const emulator = await start();
  const tokens = await signIn(emulator);
  const response = await revoke(emulator, tokens[kind]);
  expect([response.status, await response.text()]).toEqual([200, ""]);
  expect((await refresh(emulator, tokens.refresh_token)).status).toBe(400);
  expect((await getCompanyInfo(emulator, tokens.access_token)).status).toBe(401);
  const again = await revoke(emulator, tokens[kind]);
  expect([again.status, await again.text()]).toEqual([400, ""]);
  expect(await countEffects(emulator)).toMatchObject({ revocations: 1 });
});

test("a token that was replaced revokes nothing", async () => {
  const emulator = await start();
  await control(emulator, "policy", { rotateAfterSeconds: 0 });
  const first = await signIn(emulator);
  const second = await readTokens(await refresh(emulator, first.refresh_token));
  expect((await revoke(emulator, first.refresh_token)).status).toBe(400);
  expect((await getCompanyInfo(emulator, second.access_token)).status).toBe(200);
});

test.each([
  ["wrong keys", basic("qbo-emulator-client", "wrong")],
  ["no keys", ""],
])("%s: an empty 400, and the token lives", async (_name, authorization) => {
  const emulator = await start();
  const tokens = await signIn(emulator);
  const response = await revoke(emulator, tokens.refresh_token, authorization);
  expect([response.status, await response.text()]).toEqual([400, ""]);
  expect((await refresh(emulator, tokens.refresh_token)).status).toBe(200);
});

test("only JSON with a string is read", async () => {
  const emulator = await start();
  const { refresh_token } = await signIn(emulator);
  expect((await revoke(emulator, 5)).status).toBe(400);
  const response = await fetch(`${emulator.baseUrl}/v2/oauth2/tokens/revoke`, {
    method: "POST",
    headers: { authorization: BASIC },
    body: new URLSearchParams({ token: refresh_token }),
  });
  expect(response.status).toBe(400);
  expect((await refresh(emulator, refresh_token)).status).toBe(200);
});

test("a disconnect kills every grant of that company and no other", async () => {
  const emulator = await start();
  const [, second] = emulator.announcement().companies;
  const mine = await signIn(emulator);
  const mineToo = await signIn(emulator);
  await control(emulator, "auto-approve", { autoApprove: second?.realmId });
  const other = await signIn(emulator);
  expect(await control(emulator, "disconnect", { realmId: firstRealm(emulator) })).toEqual({ disconnected: 2 });
  for (const tokens of [mine, mineToo]) {
    expect((await refresh(emulator, tokens.refresh_token)).status).toBe(400);
    expect((await getCompanyInfo(emulator, tokens.access_token)).status).toBe(401);
  }
  expect((await refresh(emulator, other.refresh_token)).status).toBe(200);
});
