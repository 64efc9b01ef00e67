import { isLoopback, readProxy, type Env } from "./route.ts";

/** The proxy that a request to this address goes through, without its credentials; null for none. */
export function findProxy(address: string, env: Env): string | null {
  const url = new URL(address);
  const proxy =
    isLoopback(url.hostname) || isExempt(url, env.no_proxy ?? env.NO_PROXY ?? "") ? undefined : readProxy(url, env);
  return proxy === undefined ? null : new URL(proxy).origin;
}

/** NO_PROXY as undici's EnvHttpProxyAgent, which carries the requests, understands it. */
function isExempt(url: URL, noProxy: string): boolean {
  if (noProxy === "*") return true;
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return noProxy
    .split(/[,\s]/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      const [, name = entry, entryPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
      const host = name.replace(/^\*?\./, "").toLowerCase();
      return (entryPort ?? port) === port && (url.hostname === host || url.hostname.endsWith(`.${host}`));
    });
}
