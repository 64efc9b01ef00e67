import { createHash, timingSafeEqual } from "node:crypto";
import { makePrintable } from "../core/printable.ts";
import { isRealmId } from "../core/realm-id.ts";
import { Secret } from "../core/secret.ts";
import type { CallbackRequest, CallbackVerdict, ListenAddress } from "../core/callback-server.ts";
import type { RedirectUri } from "./redirect-uri.ts";

/** What came back through the person's browser (RFC 6749, sections 4.1.2 and 4.1.2.1). */
export type AuthorizationResponse =
  | { kind: "granted"; code: Secret; realmId: string | null }
  | { kind: "denied"; error: string; description: string | null };

export interface ExpectedCallback {
  redirect: RedirectUri;
  listen: ListenAddress;
  state: string;
}

const longestTarget = 8192;
const longestCode = 512;

/**
 * Judges one request to the callback server. Only the authorization server's own answer to this very request is accepted; all
 * else gets a short refusal and changes nothing, so that a stray request or a forged `error` cannot end the sign-in.
 */
export function judgeCallback(
  request: CallbackRequest,
  expected: ExpectedCallback,
): CallbackVerdict<AuthorizationResponse> {
  const refuse = (status: 400 | 403 | 404 | 405 | 414, text: string) => ({ kind: "ignored", status, text }) as const;
  if (request.target.length > longestTarget) return refuse(414, "The address is too long.");
  const [path, query] = splitOnce(request.target, "?");
  if (path !== expected.redirect.path) return refuse(404, "There is nothing here.");
  if (request.method !== "GET") return refuse(405, "Only GET is answered here.");
  if (!isExpectedHost(request.hosts, expected)) return refuse(403, "This address is not served here.");
  const response = readAuthorizationResponse(query, expected.state);
  return response.kind === "unusable" ? refuse(400, response.reason) : { kind: "accepted", response };
}

/** A query that is not the authorization server's answer, and which part of it is at fault. */
export interface UnusableResponse {
  kind: "unusable";
  part: "state" | "code" | "realm ID";
  reason: string;
}

/** Reads the query of a redirect. `unusable` covers everything that is not the authorization server's answer to `state`. */
export function readAuthorizationResponse(query: string, state: string): AuthorizationResponse | UnusableResponse {
  const unusable = (part: UnusableResponse["part"], reason: string) => ({ kind: "unusable", part, reason }) as const;
  const parameters = new URLSearchParams(query);
  const states = parameters.getAll("state");
  if (states.length !== 1 || !isSameText(states[0] ?? "", state)) {
    return unusable("state", "This answer does not belong to the sign-in that is waiting here.");
  }
  const errors = parameters.getAll("error");
  const codes = parameters.getAll("code");
  const [error] = errors;
  if (errors.length === 1 && error && codes.length === 0) {
    const description = parameters.get("error_description");
    return {
      kind: "denied",
      error: makePrintable(error, 100),
      description: description ? makePrintable(description, 300) : null,
    };
  }
  const [code] = codes;
  if (codes.length !== 1 || errors.length > 0 || !code || code.length > longestCode || !/^[\x21-\x7e]+$/.test(code)) {
    return unusable("code", "The answer carries no usable authorization code.");
  }
  const realmIds = parameters.getAll("realmId");
  const [realmId] = realmIds;
  if (realmIds.length > 1 || (realmId !== undefined && !isRealmId(realmId))) {
    return unusable("realm ID", "The answer carries no usable realm ID.");
  }
  return { kind: "granted", code: new Secret(code), realmId: realmId ?? null };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** A page of another origin can reach a loopback port under its own name (DNS rebinding); its Host gives it away. */
function isExpectedHost(hosts: readonly string[], { redirect, listen }: ExpectedCallback): boolean {
  const [host] = hosts;
  if (hosts.length !== 1 || host === undefined) return false;
  const listenNames = listen.host === "localhost" ? ["localhost", "127.0.0.1", "[::1]"] : [formatHost(listen.host)];
  return [
    ...describeAuthority(redirect.hostname, redirect.port, redirect.scheme),
    ...listenNames.flatMap((name) => describeAuthority(name, listen.port, listen.scheme)),
  ].includes(host.toLowerCase());
}

/** How a Host header may name this authority: without the port, too, when it is the scheme's own. */
export function describeAuthority(name: string, port: number, scheme: "http" | "https"): string[] {
  const isDefaultPort = port === (scheme === "https" ? 443 : 80);
  return [`${name}:${port}`, ...(isDefaultPort ? [name] : [])].map((authority) => authority.toLowerCase());
}

/** A host as it stands in an address. */
export function formatHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** In constant time, whatever the lengths. */
function isSameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
