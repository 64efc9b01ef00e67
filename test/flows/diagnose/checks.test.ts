import { describe, expect, it } from "vitest";
import { QboError } from "../../../src/core/errors.ts";
import { day, hour, minute } from "../../../src/core/instant.ts";
import { intuitEnvironments } from "../../../src/intuit/environments.ts";
import type { Examination } from "../../../src/flows/diagnose/examination.ts";
import { companyUrl, facts, fault, now, runCheck, tell, tokens, type Circumstances } from "./example-examination.ts";

type Case = [id: string, what: string, told: string, around?: Circumstances, changes?: Partial<Examination>];

const nobody: Partial<Examination> = {
  facts: undefined,
  known: [],
  subject: { connection: null, realmId: null, environment: "sandbox", clientId: "ABc123", redirectUri: null },
};
const secret = { QBO_CLIENT_ID: facts.clientId, QBO_CLIENT_SECRET: "s" };
const app = (changes: object): Partial<Examination> => ({
  app: {
    name: "sandbox",
    clientId: facts.clientId,
    redirectUri: "https://localhost:8722/callback",
    scopes: facts.scopes,
    own: undefined,
    ...changes,
  },
});
const withTokens = (changes: object): Partial<Examination> => ({
  facts: { ...facts, tokens: { ...facts.tokens, ...changes } },
});
const answer = (status: number, body: object): Circumstances => ({ answers: { [companyUrl]: [status, body] } });
const leaf = (expiresAt: number, isTrusted = false): Circumstances => {
  const found = { kind: "leaf", path: "p", validFrom: now - day, expiresAt, fingerprint: "AB", isTrusted } as const;
  return { machine: { inspectCertificate: async () => found } };
};
const lock = (isAbandoned: boolean, since: number): Circumstances => ({
  machine: { inspectLock: async () => ({ holder: "process 8 on host here", isAbandoned, since }) },
});
const ending = { ...tokens, accessToken: tokens.accessToken && { ...tokens.accessToken, expiresAt: now + 4000 } };
const expired = { ...tokens, accessToken: null };
const userInfo = (status: number, body: object): Circumstances => ({
  answers: { [facts.endpoints.userInfo]: [status, body] },
});
const allHosts: Circumstances = {
  answers: Object.fromEntries(
    Object.values(facts.endpoints).flatMap((url) => [
      [url, [200, {}]],
      [`${new URL(url).origin}/`, [404, {}]],
    ]),
  ),
};

const cases: Case[] = [
  ["app-configured", "a secret that is known", "ok", { env: secret }],
  ["app-configured", "a secret that is not", "fail"],
  [
    "app-configured",
    "a secret that is not, while the app has changed",
    "fail, client-changed certain",
    {},
    app({ clientId: "new" }),
  ],
  [
    "app-configured",
    "a variable that leads elsewhere",
    "warn, shadowed-by-environment possible",
    { env: secret, settings: { environment: { value: "production", source: "QBO_ENV" } } },
  ],
  [
    "app-configured",
    "a flag that leads elsewhere, on purpose",
    "ok",
    { env: secret, settings: { environment: { value: "production", source: "--env" } } },
  ],
  ["app-configured", "no environment yet", "skip", {}, { ...nobody, environment: undefined, app: undefined }],
  [
    "app-configured",
    "connections that QBO_STATE_DIR hides",
    "fail, shadowed-by-environment likely",
    { machine: { listHiddenConnections: async () => ["acme"] } },
    nobody,
  ],
  ["redirect-uri", "a good one", "ok", {}, nobody],
  [
    "redirect-uri",
    "a query",
    "fail, redirect-uri-has-query certain",
    {},
    { ...nobody, ...app({ redirectUri: "https://a.example/?x=1" }) },
  ],
  [
    "redirect-uri",
    "a query, beside a connection",
    "warn, redirect-uri-has-query certain",
    {},
    app({ redirectUri: "https://a.example/?x=1" }),
  ],
  [
    "redirect-uri",
    "http elsewhere",
    "fail, redirect-uri-mismatch certain",
    {},
    { ...nobody, ...app({ redirectUri: "http://a.example/" }) },
  ],
  [
    "redirect-uri",
    "localhost for production keys",
    "fail, redirect-uri-mismatch certain",
    {},
    { ...nobody, environment: intuitEnvironments.production },
  ],
  ["certificate", "none yet", "ok"],
  ["certificate", "plain http", "skip", {}, app({ redirectUri: "http://localhost:8722/callback" })],
  ["certificate", "one that is no redirect URI", "skip", {}, app({ redirectUri: "nonsense" })],
  ["certificate", "one for a year", "ok", leaf(now + 300 * day)],
  ["certificate", "one for a day", "warn", leaf(now + day)],
  ["certificate", "one that has expired", "warn", leaf(now - day)],
  ["certificate", "a trusted one for a year", "ok", leaf(now + 300 * day, true)],
  ["certificate", "a trusted one that has expired", "warn", leaf(now - day, true)],
  [
    "certificate",
    "a damaged one",
    "warn",
    { machine: { inspectCertificate: async () => ({ kind: "unusable", path: "p" }) } },
  ],
  [
    "callback-port",
    "a redirect that arrives elsewhere",
    "skip",
    {},
    app({ redirectUri: "https://a.example/callback" }),
  ],
  ["clock", "59 s behind", "ok", { skew: 59_000 }],
  ["clock", "61 s behind", "fail, clock-skew certain", { skew: 61_000 }],
  ["clock", "61 s ahead", "fail, clock-skew certain", { skew: -61_000 }],
  ["clock", "nobody to ask", "skip", {}, { measureSkew: async () => undefined }],
  ["network", "every host there", "ok", allHosts],
  ["network", "no host there", "fail, network-unreachable certain"],
  [
    "network",
    "every host there, and authorities that cannot be read",
    "warn",
    { ...allHosts, machine: { inspectExtraAuthorities: () => ({ path: "ca.pem", kind: "unreadable" }) } },
  ],
  ["token-expiry", "time left", "ok"],
  ["token-expiry", "two weeks left", "warn", {}, withTokens({ refreshTokenExpiresAt: now + 13 * day })],
  [
    "token-expiry",
    "a past expiry",
    "fail, refresh-token-expired certain",
    {},
    withTokens({ refreshTokenExpiresAt: now - 1 }),
  ],
  [
    "token-expiry",
    "a past limit",
    "fail, hard-expiry-reached certain",
    {},
    withTokens({ refreshTokenExpiresAt: now - 1, hardExpiresAt: now }),
  ],
  [
    "token-expiry",
    "a past expiry by a wrong clock",
    "warn",
    { skew: -hour },
    withTokens({ refreshTokenExpiresAt: now - minute }),
  ],
  [
    "token-expiry",
    "an expiry past by Intuit's clock",
    "fail, refresh-token-expired certain",
    { skew: hour },
    withTokens({ refreshTokenExpiresAt: now + minute }),
  ],
  ["token-expiry", "unknown times", "ok", {}, withTokens({ refreshTokenExpiresAt: null, hardExpiresAt: null })],
  ["token-lineage", "a quiet journal", "ok"],
  ["token-lineage", "a quiet journal and no connection", "skip", {}, nobody],
  ["token-lineage", "a rejection", "fail", {}, { isRejected: true }],
  ["token-lineage", "a disconnection", "fail, revoked-here certain", {}, { facts: { ...facts, disconnectedAt: now } }],
  ["client-match", "the same client", "ok"],
  ["client-match", "another client", "warn, client-changed possible", {}, app({ clientId: "new" })],
  [
    "client-match",
    "another client, and a rejection",
    "warn, client-changed likely",
    {},
    { ...app({ clientId: "new" }), isRejected: true },
  ],
  ["client-match", "an app that is gone", "ok", {}, app({})],
  ["environment-match", "nothing odd", "ok", answer(200, { CompanyInfo: {} })],
  [
    "environment-match",
    "one client for two environments",
    "warn, keys-environment-mismatch likely",
    {},
    {
      isOffline: true,
      known: [facts, { ...facts, name: "b", environment: "production" }],
    },
  ],
  ["environment-match", "a refusal with 3100", "fail, keys-environment-mismatch likely", answer(403, fault("3100"))],
  ["environment-match", "a refusal with 7001", "fail, keys-environment-mismatch possible", answer(400, fault("7001"))],
  ["api-access", "an answer", "ok", answer(200, { CompanyInfo: {} })],
  ["api-access", "a token that ends now", "skip", answer(200, {}), { loadTokens: async () => ending }],
  ["api-access", "no access token", "skip", {}, { loadTokens: async () => expired }],
  ["api-access", "no token", "skip", {}, { loadTokens: async () => undefined }],
  ["api-access", "no accounting scope", "skip", {}, { facts: { ...facts, scopes: ["openid"] } }],
  ["api-access", "nobody there", "skip"],
  ["api-access", "120", "fail, not-admin-anymore certain", answer(401, fault("120"))],
  ["api-access", "6190 with status 200", "fail, subscription-lapsed certain", answer(200, fault("6190"))],
  ["api-access", "7001", "fail, subscription-lapsed likely", answer(400, fault("7001"))],
  ["api-access", "3100", "fail", answer(403, fault("3100"))],
  ["api-access", "3200", "fail, revoked-or-rotated-elsewhere likely", answer(401, fault("3200"))],
  ["api-access", "3200 after a rejection", "fail", answer(401, fault("3200")), { isRejected: true }],
  ["api-access", "429", "warn", answer(429, fault("3001"))],
  ["api-access", "503", "fail, service-outage likely", answer(503, {})],
  ["api-access", "something else", "fail", answer(418, {})],
  ["user-info", "the person of the ID token", "ok", userInfo(200, { sub: "5d6c" })],
  ["user-info", "another person", "warn", userInfo(200, { sub: "another" })],
  ["user-info", "no user info", "warn", userInfo(200, {})],
  ["user-info", "401", "fail", userInfo(401, {})],
  ["user-info", "503", "warn", userInfo(503, {})],
  ["user-info", "no scope for it", "skip", {}, { facts: { ...facts, scopes: [] } }],
  ["scopes", "all of them", "ok"],
  ["scopes", "one that is asked for by default only", "warn, scope-missing possible", {}, app({ scopes: ["email"] })],
  [
    "scopes",
    "one that is configured",
    "fail, scope-missing certain",
    {},
    app({ scopes: ["email"], own: { scopes: ["email"] } }),
  ],
  ["locks", "nobody", "ok"],
  ["locks", "a holder at work", "ok", lock(false, now - minute)],
  ["locks", "a holder for long", "warn", lock(false, now - hour)],
  ["locks", "a holder that is gone", "warn", lock(true, now - hour)],
  ["permissions", "nothing open", "ok"],
  [
    "permissions",
    "something open",
    "warn",
    { machine: { listExposedPaths: async () => [{ path: "p", mode: 0o644 }] } },
  ],
];

describe("a check", () => {
  it.each(cases)("%s, given %s, says: %s", async (id, _, told, around, changes) => {
    const result = await runCheck(id, around, changes);
    expect(tell(result)).toBe(told);
    expect(result.detail).toMatch(/\S/);
    if (result.status === "ok" || result.status === "skip") expect(result.findings).toEqual([]);
  });

  it.each(["token-expiry", "client-match", "environment-match", "api-access", "user-info", "scopes", "locks"])(
    "%s has nothing to look at without a connection",
    async (id) => {
      expect(tell(await runCheck(id, {}, nobody))).toBe("skip");
    },
  );

  it("store-access tells what keeps qbo from its files", async () => {
    const trouble = new QboError("FILES_UNAVAILABLE", "It cannot be read.", { hint: "Mend it." });
    const result = await runCheck("store-access", {}, { trouble });
    expect([tell(result), result.detail, result.fix]).toEqual([
      "fail, store-unavailable certain",
      "It cannot be read.",
      "Mend it.",
    ]);
  });

  it("network names the proxy that applies to each host", async () => {
    const proxied = (url: string) => (url.includes("accounts") ? "http://proxy.example:3128" : null);
    const { detail } = await runCheck("network", { ...allHosts, machine: { findProxy: proxied } });
    expect(detail.match(/proxy/g)).toHaveLength(2);
    expect(detail).toContain("sandbox-accounts.platform.intuit.com through the proxy http://proxy.example:3128");
    const down = await runCheck("network", { machine: { findProxy: proxied } });
    expect(down.detail).toContain("It was asked for through the proxy http://proxy.example:3128.");
  });
});

describe("the other environment's host", () => {
  const productionUrl = companyUrl.replace("sandbox-", "");

  it("is asked when Intuit's own refuses the company, and settles the matter", async () => {
    const answers = { [companyUrl]: [403, fault("3100")], [productionUrl]: [200, { CompanyInfo: {} }] } as const;
    const result = await runCheck("environment-match", { answers });
    expect(tell(result)).toBe("fail, keys-environment-mismatch certain");
    expect(result.findings[0]?.fix).toEqual(["qbo login --env production"]);
    expect(result.asked).toContain(productionUrl);
  });

  it("is left alone by connections of any other host", async () => {
    const endpoints = { ...facts.endpoints, api: "https://api.example" };
    const url = companyUrl.replace(facts.endpoints.api, endpoints.api);
    const answers = { [url]: [403, fault("3100")] } as const;
    for (const environment of ["emulator", "sandbox"]) {
      const moved = { ...facts, environment, endpoints };
      const env = { QBO_EMULATOR_URL: "http://localhost:1" };
      const { asked } = await runCheck("environment-match", { answers, env }, { facts: moved });
      expect(asked.filter((address) => address.includes("intuit.com"))).toEqual([]);
    }
  });
});
