import { isIP } from "node:net";
import type { buildConnector, Dispatcher } from "undici";
import type { Proxy } from "./find-proxy.ts";

export interface RouteOptions {
  /** Undefined: straight to the server. */
  proxy: Proxy | undefined;
  /** PEM of the only certificate to accept; absent: the system's authorities. */
  pinnedCertificate: string | undefined;
  connectMs: number;
}

/** The proxy itself could not be reached; `cause` tells why. What happens behind it is no failure of this kind. */
export class ProxyUnreachable extends Error {
  override readonly name = "ProxyUnreachable";
}

/**
 * How long one of several addresses of a name may take before the next is tried. Node's own 250 ms are too short for a far or
 * busy network, where every address but the last would be given up.
 */
const attemptMs = 1500;

/** A dispatcher for one request, with sockets of its own: straight to the server, or through a tunnel of the proxy (RFC 9110, section 9.3.6). */
export async function openRoute({ proxy, pinnedCertificate, connectMs }: RouteOptions): Promise<Dispatcher> {
  const { Agent, Pool, ProxyAgent } = await import("undici");
  const reach = { timeout: connectMs, autoSelectFamilyAttemptTimeout: Math.min(attemptMs, connectMs) };
  const tls = { ...reach, ...(pinnedCertificate === undefined ? {} : { ca: pinnedCertificate }) };
  // The exchange has a limit for the whole request; undici's own would only blur which one was reached.
  const direct = { connect: tls, connections: 1, headersTimeout: 0, bodyTimeout: 0 };
  if (proxy === undefined) return new Agent(direct);
  return new ProxyAgent({
    ...direct,
    uri: proxy.origin,
    ...(proxy.authorization === undefined ? {} : { token: proxy.authorization }),
    requestTls: tls,
    proxyTls: reach,
    clientFactory: (origin, options) => new Pool(origin, { ...options, connect: markProxyFailures(options) }),
  });
}

/** Otherwise nobody could tell the proxy's certificate from that of the server behind it. */
function markProxyFailures(options: object): buildConnector.connector {
  const connect = "connect" in options ? options.connect : undefined;
  if (!isConnector(connect)) throw new TypeError("undici hands over the way to the proxy");
  return (target, callback) =>
    // undici names the proxy for SNI also when it has no name, which RFC 6066, section 3, does not allow.
    connect(
      { ...target, ...(isIP(target.hostname.replaceAll(/[[\]]/g, "")) ? { servername: "" } : {}) },
      (error, socket) => {
        if (error) callback(new ProxyUnreachable(error.message, { cause: error }), null);
        else if (socket) callback(null, socket);
      },
    );
}

function isConnector(value: unknown): value is buildConnector.connector {
  return typeof value === "function";
}
