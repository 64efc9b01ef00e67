import type { Dispatcher } from "undici";
import { QboError } from "../../core/errors.ts";

export type Env = Readonly<Record<string, string | undefined>>;

export interface RouteOptions {
  url: URL;
  env: Env;
  /** PEM of the only certificate to accept; absent: the system's authorities. */
  pinnedCertificate: string | undefined;
  connectMs: number;
}

/**
 * A dispatcher for one request, with sockets of its own: straight to this machine's loopback interface, elsewhere
 * through the proxy that HTTPS_PROXY or HTTP_PROXY names for the scheme, unless NO_PROXY exempts the host.
 * Throws CONFIG_INVALID for a proxy address that is none.
 */
export async function openRoute({ url, env, pinnedCertificate, connectMs }: RouteOptions): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import("undici");
  const tls = { timeout: connectMs, ...(pinnedCertificate === undefined ? {} : { ca: pinnedCertificate }) };
  // The exchange has a limit for the whole request; undici's own would only blur which one was reached.
  const direct = { connect: tls, connections: 1, headersTimeout: 0, bodyTimeout: 0 };
  const proxy = isLoopback(url.hostname) ? undefined : readProxy(url, env);
  if (proxy === undefined) return new Agent(direct);
  return new EnvHttpProxyAgent({
    ...direct,
    requestTls: tls,
    proxyTls: { timeout: connectMs },
    httpProxy: proxy,
    httpsProxy: proxy,
    noProxy: env.no_proxy ?? env.NO_PROXY ?? "",
  });
}

/** Whether a URL's host name means this machine (RFC 6761, section 6.3; RFC 6890). */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** The proxy that the environment names for the scheme of `url`. Throws CONFIG_INVALID. */
export function readProxy(url: URL, env: Env): string | undefined {
  const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const address = env[name.toLowerCase()] ?? env[name];
  if (address === undefined || address === "") return undefined;
  const proxy = URL.canParse(address) ? new URL(address) : undefined;
  if (proxy?.protocol === "http:" || proxy?.protocol === "https:") return address;
  throw new QboError("CONFIG_INVALID", `${name} is not the address of a proxy.`, {
    hint: `Set ${name} to an address like http://proxy.example:3128, or unset it.`,
  });
}
