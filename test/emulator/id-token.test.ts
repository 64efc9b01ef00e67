import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import type { JSONWebKeySet, JWTPayload } from "jose";
import { expect, onTestFinished, test } from "vitest";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { startEmulator } from "../../src/emulator/emulator.ts";
import { control, firstRealm, get, readJson, refresh, signIn, start } from "./emulator-client.ts";

/** Verifies with an independent library what the emulator signed with node:crypto. */
async function verify(emulator: Emulator, idToken: string | undefined): Promise<JWTPayload> {
  const keys = await readJson<JSONWebKeySet>(await get(emulator, "/op/v1/jwks"));
  const { payload } = await jwtVerify(idToken ?? "", createLocalJWKSet(keys), {
    algorithms: ["RS256"],
    issuer: `${emulator.baseUrl}/op/v1`,
    audience: "qbo-emulator-client",
  });
  return payload;
}

test("an exchange with openid brings an ID token that verifies against the JWKS", async () => {
  const emulator = await start();
  const tokens = await signIn(emulator);
  const claims = await verify(emulator, tokens.id_token);
  expect(claims.aud).toEqual(["qbo-emulator-client"]);
  expect(claims["realmid"]).toBe(firstRealm(emulator));
  expect(claims).not.toHaveProperty("nonce");
  expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600);
  expect(claims["auth_time"]).toBeTypeOf("number");
  expect(decodeProtectedHeader(tokens.id_token ?? "").kid).toBeTypeOf("string");
  const person = await readJson(await get(emulator, "/v1/openid_connect/userinfo", tokens.access_token));
  expect(claims.sub).toBe(person["sub"]);
});

test("without openid there is none, without a company no realm in it, and a refresh brings none", async () => {
  const emulator = await start();
  expect(await signIn(emulator, { scope: "com.intuit.quickbooks.accounting" })).not.toHaveProperty("id_token");
  const personal = await signIn(emulator, { scope: "openid" });
  expect(await verify(emulator, personal.id_token)).not.toHaveProperty("realmid");
  expect(await (await refresh(emulator, personal.refresh_token)).json()).not.toHaveProperty("id_token");
});

test("its times follow the emulator's clock", async () => {
  const emulator = await start();
  await control(emulator, "clock", { advance: -86_400 });
  await expect(verify(emulator, (await signIn(emulator)).id_token)).rejects.toThrow(/exp/);
});

test.each([
  ["bad-signature", "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"],
  ["unknown-key", "ERR_JWKS_NO_MATCHING_KEY"],
  ["wrong-issuer", "ERR_JWT_CLAIM_VALIDATION_FAILED"],
  ["wrong-audience", "ERR_JWT_CLAIM_VALIDATION_FAILED"],
  ["expired", "ERR_JWT_EXPIRED"],
])("with the defect %s it does not verify", async (idTokenDefect, code) => {
  const emulator = await start();
  await control(emulator, "policy", { idTokenDefect });
  await expect(verify(emulator, (await signIn(emulator)).id_token)).rejects.toMatchObject({ code });
});

test("with the defects missing and other-realm it is gone, or about another company", async () => {
  const emulator = await start();
  await control(emulator, "policy", { idTokenDefect: "missing" });
  expect(await signIn(emulator)).not.toHaveProperty("id_token");
  await control(emulator, "policy", { idTokenDefect: "other-realm" });
  const claims = await verify(emulator, (await signIn(emulator)).id_token);
  expect(claims["realmid"]).not.toBe(firstRealm(emulator));
});

test("without a given key every emulator makes its own", async () => {
  const options = { port: 0, companies: 1, latencyMs: 0, autoApprove: true, production: false, redirectUris: [] };
  const emulators = [await startEmulator(options), await startEmulator(options)];
  for (const emulator of emulators) onTestFinished(() => emulator.close());
  const keys = await Promise.all(emulators.map(async (emulator) => (await get(emulator, "/op/v1/jwks")).text()));
  expect(new Set(keys).size).toBe(2);
});
