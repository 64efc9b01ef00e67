import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  defaultRedirectUri,
  deriveListenAddress,
  explainRefusal,
  readListenAddress,
  readRedirectUri,
} from "../../src/oauth/redirect-uri.ts";
import { tellOutcome } from "../core/tell-outcome.ts";

describe("readRedirectUri", () => {
  it.each([
    [defaultRedirectUri, { scheme: "https", hostname: "localhost", port: 8722, path: "/callback" }],
    ["http://localhost:8722/callback", { scheme: "http", port: 8722 }],
    ["http://127.0.0.1:8722/", { hostname: "127.0.0.1", path: "/" }],
    ["http://[::1]:8722/cb", { hostname: "[::1]" }],
    ["https://App.Example.com/Callback", { hostname: "app.example.com", port: 443, path: "/Callback" }],
    ["http://localhost/cb", { port: 80 }],
  ])("reads %s, and keeps its text to the letter", (text, parts) => {
    expect(readRedirectUri(text)).toMatchObject({ text, ...parts });
  });

  it.each([
    "",
    "/callback",
    "localhost:8722/callback",
    "ftp://localhost/callback",
    "qbo://callback",
    "https://localhost:8722/callback?",
    "https://localhost:8722/callback?x=1",
    "https://localhost:8722/callback#x",
    "https://user@localhost:8722/callback",
    "http://app.example.com/callback",
    "http://127.0.0.1.example.com/callback",
  ])("refuses %j", (text) => {
    expect(tellOutcome(() => readRedirectUri(text))).toBe("CONFIG_INVALID");
  });

  it("reads or refuses any text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.webUrl({ withFragments: true })), (text) => {
        expect(["done", "CONFIG_INVALID"]).toContain(tellOutcome(() => readRedirectUri(text)));
      }),
    );
  });
});

describe("what Intuit refuses of production keys", () => {
  it.each([
    ["https://localhost:8722/callback", "localhost"],
    ["https://127.0.0.1/callback", "localhost"],
    ["http://localhost:8722/callback", "https"],
    ["https://203.0.113.7/callback", "IP address"],
    ["https://[2001:db8::1]/callback", "IP address"],
  ])("%s: %s", (text, reason) => {
    expect(explainRefusal(readRedirectUri(text), "production")).toContain(reason);
    expect(explainRefusal(readRedirectUri(text), "development")).toBeUndefined();
  });

  it("is not a public name", () => {
    expect(explainRefusal(readRedirectUri("https://app.example.com/callback"), "production")).toBeUndefined();
  });
});

describe("where to listen", () => {
  it.each([
    ["https://localhost:8722/callback", { scheme: "https", host: "localhost", port: 8722 }],
    ["http://[::1]:8722/callback", { scheme: "http", host: "::1", port: 8722 }],
    ["https://app.example.com/callback", undefined],
  ])("follows from %s", (text, address) => {
    expect(deriveListenAddress(readRedirectUri(text))).toEqual(address);
  });

  it.each([
    ["http://127.0.0.1:8722", { scheme: "http", host: "127.0.0.1", port: 8722 }],
    ["https://[::1]:443/", { scheme: "https", host: "::1", port: 443 }],
    ["https://localhost:65535", { scheme: "https", host: "localhost", port: 65_535 }],
  ])("is read from %s", (text, address) => {
    expect(readListenAddress(text)).toEqual(address);
  });

  it.each([
    "",
    "8722",
    "localhost:8722",
    "http://localhost",
    "http://localhost:0",
    "http://localhost:65536",
    "http://a:1/x",
    "ftp://a:1",
    "http://u@a:1",
  ])("is not %j", (text) => {
    expect(tellOutcome(() => readListenAddress(text))).toBe("USAGE");
  });

  it("says how it is written", () => {
    const work = () => readListenAddress("nonsense\u001b");
    expect(work).toThrow(/^The listen address nonsense\\u001b is not of the form/);
    expect(work).toThrow(expect.objectContaining({ hint: "For example: --listen http://127.0.0.1:8722" }));
  });
});
