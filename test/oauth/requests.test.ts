import { describe, expect, it } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { buildAuthorizationUrl } from "../../src/oauth/authorization-request.ts";
import { formatBasicAuthorization } from "../../src/oauth/client.ts";
import { readErrorDetails, readIntuitTid, readJsonObject, readRetryAfter } from "../../src/oauth/intuit-answer.ts";
import { buildRevocationRequest, readRevocationAnswer } from "../../src/oauth/revocation.ts";
import { buildExchangeRequest, buildRefreshRequest } from "../../src/oauth/token-request.ts";

const client = { id: "ABc123", secret: new Secret("p&ss w=rd") };
const basic = `Basic ${Buffer.from("ABc123:p&ss w=rd").toString("base64")}`;
const endpoint = "https://auth.example/token";

describe("requests", () => {
  it("send the person to the consent page with everything that Intuit requires", () => {
    const url = buildAuthorizationUrl({
      endpoint: "https://auth.example/connect/oauth2",
      clientId: "ABc123",
      redirectUri: "https://localhost:8722/callback",
      scopes: ["openid", "com.intuit.quickbooks.accounting"],
      state: "a-_b+c",
    });
    expect(url).not.toContain("+");
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      client_id: "ABc123",
      response_type: "code",
      scope: "openid com.intuit.quickbooks.accounting",
      redirect_uri: "https://localhost:8722/callback",
      state: "a-_b+c",
    });
  });

  it("prove the client by Basic, and only so", () => {
    expect(formatBasicAuthorization(client)).toBe(basic);
    const code = new Secret("c&d");
    for (const request of [
      buildExchangeRequest(endpoint, client, { code, redirectUri: "https://localhost:8722/callback" }),
      buildRefreshRequest(endpoint, client, new Secret("r=1")),
    ]) {
      expect(request).toMatchObject({
        method: "POST",
        url: endpoint,
        headers: {
          authorization: basic,
          "content-type": "application/x-www-form-urlencoded",
          "x-include-refresh-token-hard-expires-in": "true",
        },
      });
      expect(request.body).not.toContain("client_");
    }
  });

  it("carry exactly the form of their grant", () => {
    const exchange = buildExchangeRequest(endpoint, client, {
      code: new Secret("c&d"),
      redirectUri: "https://a.example/?",
    });
    expect(Object.fromEntries(new URLSearchParams(exchange.body))).toEqual({
      grant_type: "authorization_code",
      code: "c&d",
      redirect_uri: "https://a.example/?",
    });
    const refresh = buildRefreshRequest(endpoint, client, new Secret("r=1&x"));
    expect(Object.fromEntries(new URLSearchParams(refresh.body))).toEqual({
      grant_type: "refresh_token",
      refresh_token: "r=1&x",
    });
  });

  it("revoke with JSON, where RFC 7009 has a form", () => {
    const request = buildRevocationRequest(endpoint, client, new Secret('r"1'));
    expect(request.headers).toMatchObject({ authorization: basic, "content-type": "application/json" });
    expect(JSON.parse(request.body ?? "")).toEqual({ token: 'r"1' });
  });
});

describe("the answer to a revocation", () => {
  it.each([
    [200, "", "revoked"],
    [200, "anything", "revoked"],
    [400, "", "dead-or-refused"],
    [400, '{"error":"invalid_request"}', "dead-or-refused"],
    [400, '{"error":"invalid_client"}', "client-rejected"],
    [401, "", "client-rejected"],
    [429, "", "busy"],
    [500, "", "busy"],
    [503, "<html>", "busy"],
    [302, "", "unusable"],
    [204, "", "unusable"],
    [404, "", "unusable"],
  ])("with status %i and the body %j is %s", (status, body, kind) => {
    expect(readRevocationAnswer({ status, headers: {}, body }).kind).toBe(kind);
  });

  it("tells how long to wait", () => {
    expect(readRevocationAnswer({ status: 503, headers: { "retry-after": "30" }, body: "" })).toMatchObject({
      details: { httpStatus: 503, retryAfter: 30 },
    });
  });
});

describe("what every answer of Intuit may hold", () => {
  const answer = (body: string, headers: Record<string, string> = {}) => ({ status: 400, headers, body });

  it("is an object, or nothing", () => {
    expect(readJsonObject('{"a":1}')).toEqual({ a: 1 });
    for (const body of ["", "[]", "null", "1", '"x"', "{", "\ufeff{}"]) expect(readJsonObject(body)).toBeUndefined();
  });

  it("is evidence, as far as it is text", () => {
    expect(readErrorDetails(answer('{"error":"a","error_description":"b"}', { intuit_tid: "1-a" }))).toEqual({
      httpStatus: 400,
      intuitError: "a",
      intuitErrorDescription: "b",
      intuitTid: "1-a",
    });
    expect(readErrorDetails(answer('{"error":{"a":1},"error_description":""}'))).toEqual({ httpStatus: 400 });
    expect(readIntuitTid(answer("", { intuit_tid: "" }))).toBeNull();
  });

  it.each([
    ["5", 5],
    ["0", 0],
    ["-1", undefined],
    ["1.5", undefined],
    ["Fri, 02 Jan 2026 00:00:00 GMT", undefined],
    ["99999999", undefined],
  ])("asks to wait %j", (header, seconds) => {
    expect(readRetryAfter(answer("", { "retry-after": header }))).toBe(seconds);
  });
});
