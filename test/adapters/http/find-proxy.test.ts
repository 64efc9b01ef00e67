import { describe, expect, it } from "vitest";
import { findProxy } from "../../../src/adapters/http/find-proxy.ts";

const proxy = "http://user:word@proxy.example:3128";
const both = { HTTPS_PROXY: proxy, HTTP_PROXY: "http://plain.example:8080" };

describe("the proxy that applies to an address", () => {
  it.each<[string, Record<string, string>, string | null]>([
    ["https://api.example/x", both, "http://proxy.example:3128"],
    ["http://api.example/x", both, "http://plain.example:8080"],
    ["https://api.example/x", {}, null],
    ["https://localhost:9722/x", both, null],
    ["https://127.0.0.1/x", both, null],
    ["https://api.example/", { ...both, NO_PROXY: "*" }, null],
    ["https://api.example/", { ...both, NO_PROXY: "other.example, .example" }, null],
    ["https://api.example/", { ...both, NO_PROXY: "api.example:443" }, null],
    ["https://api.example/", { ...both, NO_PROXY: "api.example:8443" }, "http://proxy.example:3128"],
    ["https://api.example/", { ...both, NO_PROXY: "pi.example" }, "http://proxy.example:3128"],
    ["https://api.example/", { ...both, no_proxy: "API.example" }, null],
  ])("of %s with %j is %s, without credentials", (url, env, expected) => {
    expect(findProxy(url, env)).toBe(expected);
  });

  it("must be an address", () => {
    expect(() => findProxy("https://api.example/", { HTTPS_PROXY: "nonsense" })).toThrow(/HTTPS_PROXY/);
  });
});
