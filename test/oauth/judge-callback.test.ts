import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CallbackRequest } from "../../src/core/callback-server.ts";
import { type ExpectedCallback, judgeCallback } from "../../src/oauth/authorization-response.ts";
import { readRedirectUri } from "../../src/oauth/redirect-uri.ts";

const state = "Zm9vYmFyYmF6cXV4cXV1eGNvcmdlZ3JhdWx0Z2FycGx5";
const expected: ExpectedCallback = {
  redirect: readRedirectUri("https://localhost:8722/callback"),
  listen: { scheme: "https", host: "localhost", port: 8722 },
  state,
};
const good: CallbackRequest = {
  method: "GET",
  target: `/callback?code=AB11&state=${state}&realmId=9130350000000001`,
  hosts: ["localhost:8722"],
};

/** The verdict on the good request after a change, in one word: the status of the refusal, or the kind of the response. */
function judge(change: Partial<CallbackRequest> = {}, expectation: Partial<ExpectedCallback> = {}): number | string {
  const verdict = judgeCallback({ ...good, ...change }, { ...expected, ...expectation });
  return verdict.kind === "ignored" ? verdict.status : verdict.response.kind;
}

const withQuery = (query: string) => judge({ target: `/callback?${query}` });

describe("judgeCallback", () => {
  it("accepts the answer that belongs to the state", () => {
    const verdict = judgeCallback(good, expected);
    if (verdict.kind !== "accepted" || verdict.response.kind !== "granted") throw new Error("not granted");
    expect(verdict.response.code.reveal()).toBe("AB11");
    expect(verdict.response.realmId).toBe("9130350000000001");
  });

  it("accepts a consent that names no company", () => {
    expect(judgeCallback({ ...good, target: `/callback?state=${state}&code=a` }, expected)).toMatchObject({
      response: { kind: "granted", realmId: null },
    });
  });

  it("accepts a denial with the state, made safe to show", () => {
    const target = `/callback?error=access_denied&error_description=no%1b%5b2J&state=${state}`;
    expect(judgeCallback({ ...good, target }, expected)).toEqual({
      kind: "accepted",
      response: { kind: "denied", error: "access_denied", description: "no\\u001b[2J" },
    });
  });

  it.each<[what: string, change: Partial<CallbackRequest>, status: number]>([
    ["POST", { method: "POST" }, 405],
    ["HEAD", { method: "HEAD" }, 405],
    ["another path", { target: good.target.replace("callback", "other") }, 404],
    ["a path with a slash more", { target: good.target.replace("callback", "callback/") }, 404],
    ["a path in other letters", { target: good.target.replace("callback", "Callback") }, 404],
    ["an encoded path", { target: good.target.replace("callback", "%63allback") }, 404],
    ["a path that climbs", { target: good.target.replace("/callback", "/x/../callback") }, 404],
    ["an absolute target", { target: `https://localhost:8722${good.target}` }, 404],
    ["the favicon", { target: "/favicon.ico" }, 404],
    ["nothing", { target: "" }, 404],
    ["8 KB", { target: good.target + "x".repeat(8192) }, 414],
    ["no Host", { hosts: [] }, 403],
    ["two Hosts", { hosts: ["localhost:8722", "localhost:8722"] }, 403],
    ["another Host", { hosts: ["attacker.example:8722"] }, 403],
    ["a Host on another port", { hosts: ["localhost:8723"] }, 403],
    ["a Host without its port", { hosts: ["localhost"] }, 403],
    ["a Host that only begins right", { hosts: ["localhost:8722.attacker.example"] }, 403],
  ])("ignores %s", (_what, change, status) => {
    expect(judge(change)).toBe(status);
  });

  it.each(["localhost:8722", "LOCALHOST:8722", "127.0.0.1:8722", "[::1]:8722"])("serves the Host %s", (host) => {
    expect(judge({ hosts: [host] })).toBe("granted");
  });

  it("serves the public name and the listen address of a tunnel, and nothing else", () => {
    const tunnel: Partial<ExpectedCallback> = {
      redirect: readRedirectUri("https://name.example/callback"),
      listen: { scheme: "http", host: "127.0.0.1", port: 8722 },
    };
    const hosts = [
      "name.example",
      "name.example:443",
      "127.0.0.1:8722",
      "name.example:80",
      "localhost:8722",
      "[::1]:8722",
    ];
    const verdicts = hosts.map((host) => judge({ hosts: [host] }, tunnel));
    expect(verdicts).toEqual(["granted", "granted", "granted", 403, 403, 403]);
    const six: Partial<ExpectedCallback> = { listen: { scheme: "http", host: "::1", port: 80 } };
    expect([judge({ hosts: ["[::1]"] }, six), judge({ hosts: ["[::1]:80"] }, six)]).toEqual(["granted", "granted"]);
  });

  it.each([
    "",
    "code=a",
    "code=a&state=",
    `code=a&state=${state.slice(0, -1)}`,
    `code=a&state=${state}x`,
    `code=a&state=${state.toLowerCase()}`,
    `code=a&state=${"x".repeat(state.length)}`,
    `code=a&State=${state}`,
    `code=a&state=${state}&state=${state}`,
    `code=a&state=x&state=${state}`,
    `error=access_denied`,
    `error=access_denied&state=x`,
    `state=${state}`,
    `state=${state}&code=`,
    `state=${state}&code=a&code=b`,
    `state=${state}&code=${"a".repeat(513)}`,
    `state=${state}&code=a%20b`,
    `state=${state}&code=a%0d%0ab`,
    `state=${state}&code=%c3%a4`,
    `state=${state}&code=a&error=access_denied`,
    `state=${state}&error=`,
    `state=${state}&error=a&error=b`,
    `state=${state}&code=a&realmId=`,
    `state=${state}&code=a&realmId=12a`,
    `state=${state}&code=a&realmId=../1`,
    `state=${state}&code=a&realmId=1&realmId=1`,
    `state=${state}&code=a&realmId=${"1".repeat(33)}`,
  ])("ignores the query %s", (query) => {
    expect(withQuery(query)).toBe(400);
  });

  it("takes a code of 512 characters, and parameters that it does not know", () => {
    expect(withQuery(`state=${state}&code=${"a".repeat(512)}&utm_source=x&__proto__=y`)).toBe("granted");
  });
});

describe("judgeCallback, whatever comes", () => {
  const hostileText = fc.string({ unit: "binary", maxLength: 80 });
  const piece = fc.oneof(hostileText, fc.constantFrom("state", "code", "realmId", "error", "&", "=", "%", state));
  const query = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
  const request: fc.Arbitrary<CallbackRequest> = fc.record({
    method: fc.oneof(fc.constantFrom("GET", "POST", "get"), hostileText),
    target: fc.oneof(
      query.map((text) => `/callback?${text}`),
      hostileText,
    ),
    hosts: fc.oneof(fc.constant(["localhost:8722"]), fc.array(hostileText, { maxLength: 3 })),
  });

  it("never throws, and accepts nothing without the right state, method, path and Host", () => {
    fc.assert(
      fc.property(request, (given) => {
        if (judgeCallback(given, expected).kind === "ignored") return;
        const url = new URL(given.target, "https://localhost:8722");
        expect(url.searchParams.getAll("state")).toEqual([state]);
        expect([given.method, url.pathname, given.hosts.length]).toEqual(["GET", "/callback", 1]);
      }),
      { numRuns: 2000 },
    );
  });

  it("accepts none of many guesses at the state", () => {
    const guess = fc.oneof(
      hostileText,
      fc.nat(state.length - 1).map((at) => state.slice(0, at)),
      fc.tuple(fc.nat(state.length - 1), fc.constantFrom("A", "b", "-", " ")).map(([at, letter]) => {
        return state.slice(0, at) + letter + state.slice(at + 1);
      }),
    );
    fc.assert(
      fc.property(guess, (other) => {
        fc.pre(other !== state);
        expect(withQuery(new URLSearchParams({ state: other, code: "a", realmId: "1" }).toString())).toBe(400);
      }),
      { numRuns: 1000 },
    );
  });
});
