import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HttpAnswer } from "../../src/core/http.ts";
import { readTokenAnswer } from "../../src/oauth/token-answer.ts";

const sentAt = Date.UTC(2026, 0, 2);
const whole = {
  token_type: "bearer",
  access_token: "access-1",
  expires_in: 3600,
  refresh_token: "refresh-1",
  x_refresh_token_expires_in: 8_726_400,
};

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers,
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const judge = (status: number, body: unknown, headers?: Record<string, string>) =>
  readTokenAnswer(answer(status, body, headers), sentAt);

describe("a token answer", () => {
  it("is granted when it is whole; times count from when the request was sent", () => {
    const granted = judge(
      200,
      { ...whole, x_refresh_token_hard_expires_in: 1000, id_token: "a.b.c" },
      { intuit_tid: "1-a" },
    );
    if (granted.kind !== "granted") throw new Error(granted.kind);
    const { accessToken, refreshToken, idToken } = granted.grant;
    expect([accessToken.secret.reveal(), refreshToken.secret.reveal(), idToken?.reveal()]).toEqual([
      "access-1",
      "refresh-1",
      "a.b.c",
    ]);
    expect(accessToken.expiresAt).toBe(sentAt + 3_600_000);
    expect(refreshToken).toMatchObject({ expiresAt: sentAt + 8_726_400_000, hardExpiresAt: sentAt + 1_000_000 });
    expect(granted.intuitTid).toBe("1-a");
  });

  it.each([
    ["numbers as strings", { expires_in: "3600", x_refresh_token_expires_in: "8726400" }],
    ["Bearer with a capital", { token_type: "Bearer" }],
    ["fields that nobody knows", { scope: "x", realmId: "1", toString: 1 }],
    ["an odd ID token, which never costs the grant", { id_token: 7 }],
    ["an odd hard expiry", { x_refresh_token_hard_expires_in: "never" }],
    ["the longest tokens", { access_token: "a".repeat(4096), refresh_token: "r".repeat(512) }],
  ])("is granted with %s", (_what, change) => {
    expect(judge(200, { ...whole, ...change }).kind).toBe("granted");
  });

  it.each([
    ["no token type", { token_type: undefined }, "token_type"],
    ["another token type", { token_type: "mac" }, "token_type"],
    ["no access token", { access_token: undefined }, "access_token"],
    ["an empty access token", { access_token: "" }, "access_token"],
    ["an access token with a line break", { access_token: "a\r\nb" }, "access_token"],
    ["an access token beyond 4,096", { access_token: "a".repeat(4097) }, "access_token"],
    ["no refresh token", { refresh_token: null }, "refresh_token"],
    ["a refresh token beyond 512", { refresh_token: "r".repeat(513) }, "refresh_token"],
    ["a refresh token with a space", { refresh_token: "a b" }, "refresh_token"],
    ["no lifetime", { expires_in: undefined }, "expires_in"],
    ["a lifetime of 0", { expires_in: 0 }, "expires_in"],
    ["a negative lifetime", { expires_in: -1 }, "expires_in"],
    ["a fraction", { expires_in: 1.5 }, "expires_in"],
    ["a lifetime in words", { expires_in: "1h" }, "expires_in"],
    ["ten years", { expires_in: 315_360_000 }, "expires_in"],
    ["no refresh lifetime", { x_refresh_token_expires_in: undefined }, "x_refresh_token_expires_in"],
  ])("is unusable with %s", (_what, change, field) => {
    const judged = judge(200, { ...whole, ...change });
    expect(judged).toMatchObject({ kind: "unusable", reason: expect.stringContaining(field) });
    expect(JSON.stringify(judged)).not.toContain("access-1");
  });

  it.each([
    [200, "", "unusable"],
    [200, "<html>", "unusable"],
    [200, "[]", "unusable"],
    [200, "null", "unusable"],
    [200, { error: "invalid_grant" }, "unusable"],
    [201, whole, "unusable"],
    [204, "", "unusable"],
    [302, "", "unusable"],
    [400, { error: "invalid_grant" }, "grant-rejected"],
    [400, { error: "invalid_grant", error_description: "Incorrect or invalid refresh token" }, "grant-rejected"],
    [401, { error: "invalid_client" }, "client-rejected"],
    [400, { error: "invalid_client" }, "client-rejected"],
    [401, "", "client-rejected"],
    [400, { error: "invalid_request" }, "refused"],
    [400, { error: "unsupported_grant_type" }, "refused"],
    [403, { error: "access_denied" }, "refused"],
    [400, "", "unusable"],
    [400, { error: 7 }, "unusable"],
    [404, "<html>", "unusable"],
    [429, "", "busy"],
    [500, "<html>", "busy"],
    [503, { error: "invalid_grant" }, "busy"],
    [502, "", "answer-lost"],
    [504, "<html>", "answer-lost"],
  ])("with status %i and %j is %s", (status, body, kind) => {
    expect(judge(status, body).kind).toBe(kind);
  });

  it.each([
    [429, {}, 60],
    [429, { "retry-after": "7" }, 7],
    [429, { "retry-after": "Fri, 02 Jan 2026 00:00:00 GMT" }, 60],
    [503, { "retry-after": "120" }, 120],
    [503, {}, undefined],
  ])("with status %i and the headers %j asks to wait %s s", (status, headers, retryAfter) => {
    const judged = judge(status, "", headers);
    expect(judged.kind === "busy" && judged.details.retryAfter).toBe(retryAfter);
  });

  it("makes Intuit's text safe to show, and short", () => {
    const judged = judge(
      400,
      { error: "invalid_grant", error_description: `\u001b[2J${"x ".repeat(999)}` },
      { intuit_tid: "1\n2" },
    );
    if (judged.kind !== "grant-rejected") throw new Error(judged.kind);
    expect(judged.details.intuitErrorDescription).toMatch(/^\\u001b\[2J[x ]+…$/);
    expect(judged.details.intuitErrorDescription).toHaveLength(300);
    expect(judged.details.intuitTid).toBe("1\\u000a2");
  });
});

describe("a token answer, whatever comes", () => {
  const status = fc.oneof(fc.constantFrom(200, 400, 401, 429, 500, 503), fc.integer({ min: 100, max: 599 }));
  const altered = fc
    .dictionary(fc.constantFrom(...Object.keys(whole), "id_token"), fc.jsonValue())
    .map((change) => JSON.stringify({ ...whole, ...change }));
  const body = fc.oneof(fc.string({ unit: "binary" }), fc.json(), altered);

  it("never throws, and is granted only when it is whole", () => {
    fc.assert(
      fc.property(status, body, (code, text) => {
        const judged = judge(code, text);
        if (judged.kind !== "granted") return;
        const { accessToken, refreshToken } = judged.grant;
        expect(code).toBe(200);
        expect(accessToken.secret.reveal()).toMatch(/^[\x21-\x7e]{1,4096}$/);
        expect(refreshToken.secret.reveal()).toMatch(/^[\x21-\x7e]{1,512}$/);
        for (const at of [accessToken.expiresAt, refreshToken.expiresAt]) {
          expect(Number.isSafeInteger(at) && at > sentAt).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
