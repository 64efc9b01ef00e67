import { generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { verifyIdToken } from "../../src/oauth/id-token.ts";

const now = Date.UTC(2026, 0, 2);
const [issuer, clientId] = ["https://issuer.example/op/v1", "ABc123"];
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const keys = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1", alg: "RS256", use: "sig" }] };
const claims = {
  iss: issuer,
  aud: [clientId],
  sub: "the-person",
  exp: now / 1000 + 3600,
  iat: now / 1000,
  realmid: "9130350000000001",
};

const sign = (change: object = {}, header: object = {}) =>
  new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg: "RS256", kid: "k1", ...header }).sign(privateKey);
const verify = (text: string, change: object = {}) =>
  verifyIdToken(new Secret(text), { issuer, clientId, keys, now, ...change });

describe("verifyIdToken", () => {
  it("verifies what Intuit sends", async () => {
    expect(await verify(await sign())).toEqual({
      failure: null,
      facts: {
        verified: true,
        verifiedAt: now,
        issuer,
        audience: [clientId],
        subject: "the-person",
        realmId: "9130350000000001",
        expiresAt: now + 3_600_000,
      },
    });
  });

  it("verifies an audience that is a text, and a missing realm", async () => {
    const verdict = await verify(await sign({ aud: clientId, realmid: undefined }));
    expect(verdict).toMatchObject({ failure: null, facts: { audience: [clientId], realmId: null } });
  });

  it("tolerates a minute of clock skew, and no more", async () => {
    expect((await verify(await sign({ exp: now / 1000 - 59 }))).failure).toBeNull();
    expect((await verify(await sign({ exp: now / 1000 - 61 }))).failure).not.toBeNull();
  });

  it.each<[string, object]>([
    ["another issuer", { iss: "https://other.example" }],
    ["another audience", { aud: ["other"] }],
    ["no audience", { aud: undefined }],
    ["no subject", { sub: undefined }],
    ["no expiry", { exp: undefined }],
    ["a past expiry", { exp: 1 }],
  ])("does not verify one with %s, and tells its claims all the same", async (_what, change) => {
    const { facts, failure } = await verify(await sign(change));
    expect(facts).toMatchObject({ verified: false, verifiedAt: now });
    expect(failure).toMatch(/\w+/);
  });

  it("does not verify one that another key signed, or no key, or HMAC", async () => {
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "k1" }).sign(other);
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const unsigned = `${encode({ alg: "none" })}.${encode(claims)}.`;
    const publicText = Buffer.from(JSON.stringify(keys.keys[0]));
    const hmac = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "k1" }).sign(publicText);
    for (const text of [forged, unsigned, hmac]) {
      expect((await verify(text)).facts).toMatchObject({ verified: false, subject: "the-person" });
    }
  });

  it.each(["RS512", "PS256"])("does not verify %s, although the key could", async (alg) => {
    const { alg: _alg, ...key } = keys.keys[0] ?? {};
    const { failure } = await verify(await sign({}, { alg }), { keys: { keys: [key] } });
    expect(failure).toContain("alg");
  });

  it.each([undefined, {}, { keys: "none" }, { keys: [] }, { keys: [{ kty: "oct", k: "AA" }] }])(
    "does not verify anything with the keys %j",
    async (given) => {
      const { facts, failure } = await verify(await sign(), { keys: given });
      expect([facts.verified, failure === null]).toEqual([false, false]);
    },
  );

  it("answers for any text, and shows nothing hostile of it", async () => {
    const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const made = fc.tuple(fc.jsonValue(), fc.jsonValue()).map(([head, body]) => `${encode(head)}.${encode(body)}.AAAA`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: "binary" }), made), async (text) => {
        const { facts, failure } = await verify(text);
        expect(facts.verified).toBe(false);
        expect(failure).not.toMatch(/\p{Cc}/u);
      }),
    );
    const hostile = await verify(await sign({ sub: "a\u001b[2J", exp: 1e300 }));
    expect(hostile.facts).toMatchObject({ subject: "a\\u001b[2J", expiresAt: null });
  });
});
