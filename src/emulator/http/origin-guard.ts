import type { ReceivedRequest } from "./http-message.ts";

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether the `Host` header names this machine; a page that rebinds its own name to 127.0.0.1 fails here. */
export function hasLoopbackHost(request: ReceivedRequest): boolean {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
  return LOOPBACK_HOSTS.has(host);
}

/** Whether a web page may be behind the request: browsers mark those with `Origin` or `Sec-Fetch-Site`. */
export function comesFromWebPage(request: ReceivedRequest): boolean {
  const site = request.headers["sec-fetch-site"];
  return request.headers.origin !== undefined || (site !== undefined && site !== "none");
}

/** Whether a form was posted by the emulator's own page, or by no browser at all. */
export function comesFromOwnPage(request: ReceivedRequest, baseUrl: string): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return true;
  return hasLoopbackHost(request) && origin === `${new URL(baseUrl).protocol}//${request.headers.host ?? ""}`;
}
