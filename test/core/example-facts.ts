import * as fc from "fast-check";
import { formatConnectionId } from "../../src/core/connection.ts";
import type { ConnectionFacts } from "../../src/core/connection.ts";

const signedInAt = Date.parse("2026-01-02T03:04:05Z");

/** Facts in which every field that may be null is not. */
export const exampleFacts: ConnectionFacts = {
  id: "sandbox/ABc123/9130350000000001",
  name: "acme",
  environment: "sandbox",
  app: "sandbox",
  clientId: "ABc123",
  realmId: "9130350000000001",
  companyName: "Acme Rockets",
  scopes: ["com.intuit.quickbooks.accounting", "openid"],
  store: "file",
  endpoints: {
    authorization: "https://auth.example/connect/oauth2",
    token: "https://auth.example/tokens/bearer",
    revocation: "https://auth.example/tokens/revoke",
    userInfo: "https://auth.example/userinfo",
    jwks: "https://auth.example/jwks",
    issuer: "https://auth.example",
    api: "https://api.example",
  },
  connectedAt: signedInAt,
  lastUsedAt: signedInAt + 1001,
  tokens: {
    generation: 3,
    accessTokenExpiresAt: signedInAt + 3_600_000,
    refreshTokenExpiresAt: signedInAt + 8_640_000_000,
    refreshTokenRotatedAt: signedInAt,
    hardExpiresAt: signedInAt + 157_680_000_000,
    refreshTokenFingerprint: "0123456789ab",
  },
  lastRefresh: { at: signedInAt, outcome: "ok", intuitTid: "1-5f3a" },
  rejection: { at: signedInAt, code: "REFRESH_REJECTED", detail: "invalid_grant", intuitTid: "1-5f3b" },
  disconnectedAt: signedInAt,
  idToken: {
    verified: true,
    verifiedAt: signedInAt,
    issuer: "https://auth.example",
    audience: ["ABc123"],
    subject: "5d6c",
    realmId: "9130350000000001",
    expiresAt: signedInAt + 3_600_000,
  },
  isPending: false,
};

const text = fc.string({ unit: "binary" });
const instant = fc.integer({ min: 0, max: Date.parse("9999-12-31T23:59:59.999Z") });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const identityPart = fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/);

/** Facts of every kind, with hostile text where text comes from outside. */
export const anyFacts: fc.Arbitrary<ConnectionFacts> = fc
  .record({
    name: fc.stringMatching(/^[a-z][a-z0-9-]{8,20}$/),
    environment: identityPart,
    app: text,
    clientId: identityPart,
    realmId: fc.stringMatching(/^\d{1,32}$/),
    companyName: optional(text),
    scopes: fc.array(text),
    store: text,
    endpoints: fc.record({
      authorization: fc.webUrl(),
      token: fc.webUrl(),
      revocation: fc.webUrl(),
      userInfo: fc.webUrl(),
      jwks: fc.webUrl(),
      issuer: text,
      api: fc.webUrl(),
    }),
    connectedAt: instant,
    lastUsedAt: optional(instant),
    tokens: fc.record({
      generation: fc.nat(),
      accessTokenExpiresAt: optional(instant),
      refreshTokenExpiresAt: optional(instant),
      refreshTokenRotatedAt: instant,
      hardExpiresAt: optional(instant),
      refreshTokenFingerprint: text,
    }),
    lastRefresh: optional(
      fc.record({
        at: instant,
        outcome: fc.constantFrom("ok", "rejected", "unconfirmed", "unreachable"),
        intuitTid: optional(text),
      }),
    ),
    rejection: optional(
      fc.record({
        at: instant,
        code: fc.constantFrom("REFRESH_REJECTED", "REFRESH_EXPIRED"),
        detail: text,
        intuitTid: optional(text),
      }),
    ),
    disconnectedAt: optional(instant),
    idToken: optional(
      fc.record({
        verified: fc.boolean(),
        verifiedAt: instant,
        issuer: optional(text),
        audience: fc.array(text),
        subject: optional(text),
        realmId: optional(text),
        expiresAt: optional(instant),
      }),
    ),
    isPending: fc.boolean(),
  })
  .map((facts) => Object.assign(facts, { id: formatConnectionId(facts) }));
