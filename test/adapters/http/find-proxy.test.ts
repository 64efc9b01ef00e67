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
    ["https://api.example/", { ...both, no_proxy: "" }, "http://proxy.example:3128"],
    ["https://api.example/", { ...both, https_proxy: "" }, null],
    ["https://api.example/", { ...both, https_proxy: "http://lower.example:1" }, "http://lower.example:1"],
    ["https://api.example/", { HTTPS_PROXY: "proxy.example:3128" }, "http://proxy.example:3128"],
    ["https://api.example/", { HTTPS_PROXY: "user:word@proxy.example:3128" }, "http://proxy.example:3128"],
    ["https://api.example/", { HTTPS_PROXY: "http://[2001:db8::7]:3128" }, "http://[2001:db8::7]:3128"],
    ["https://api.example/", { ...both, NO_PROXY: "other.example,*" }, null],
    ["https://[2001:db8::1]/", { ...both, NO_PROXY: "2001:DB8:0::1" }, null],
    ["https://[2001:db8::1]/", { ...both, NO_PROXY: "[2001:db8::1]:443" }, null],
    ["https://[2001:db8::1]/", { ...both, NO_PROXY: "[2001:db8::1]:8443" }, "http://proxy.example:3128"],
    ["https://[2001:db8::1]/", { ...both, NO_PROXY: "2001:db8::2" }, "http://proxy.example:3128"],
    ["http://[::1]:9722/", both, null],
  ])("of %s with %j is %s, without credentials", (url, env, expected) => {
    expect(findProxy(url, env)).toBe(expected);
  });

  it.each(["nonsense", "ftp://proxy.example", "http://user:100%@proxy.example", "http://"])(
    "cannot be %s",
    (address) => {
      const find = () => findProxy("https://api.example/", { https_proxy: address });
      expect(find).toThrow(/^https_proxy is not the address of a proxy\.$/);
    },
  );
});
