import { QboError } from "../core/errors.ts";
import type { RedirectRules } from "../core/environment.ts";
import { makePrintable } from "../core/printable.ts";
import type { ListenAddress } from "../core/callback-server.ts";
import { isLoopbackName } from "./loopback-name.ts";

/** A redirect URI that can be registered. `text` is sent and compared to the letter (RFC 6749, section 3.1.2). */
export interface RedirectUri {
  text: string;
  scheme: "http" | "https";
  hostname: string;
  port: number;
  path: string;
}

/** The redirect URI used unless another is configured. Registered ports cannot vary, so it is fixed. */
export const defaultRedirectUri = "https://localhost:8722/callback";

/**
 * Reads a redirect URI.
 * @throws CONFIG_INVALID when Intuit could never redirect to it: a query or fragment, another scheme, plain http away from localhost.
 */
export function readRedirectUri(text: string): RedirectUri {
  const shown = makePrintable(text, 200);
  const refuse = (why: string): never => {
    throw new QboError("CONFIG_INVALID", `The redirect URI ${shown} cannot be used: ${why}.`, {
      hint: `Register and configure one like ${defaultRedirectUri}.`,
    });
  };
  const url = URL.canParse(text) ? new URL(text) : refuse("it is not an absolute address");
  const scheme =
    url.protocol === "https:" ? "https" : url.protocol === "http:" ? "http" : refuse("it must begin with https");
  if (text.includes("?")) refuse("Intuit allows no query in it; values of your own travel in the state");
  if (text.includes("#")) refuse("Intuit allows no fragment in it");
  if (url.username !== "" || url.password !== "") refuse("it must not contain a user name or password");
  if (scheme === "http" && !isLoopbackName(url.hostname)) refuse("plain http is accepted for localhost only");
  return {
    text,
    scheme,
    hostname: url.hostname,
    port: url.port === "" ? (scheme === "https" ? 443 : 80) : Number(url.port),
    path: url.pathname,
  };
}

/**
 * Why the authorization server will refuse this redirect URI, or `undefined`. Production keys: https only, no IP address, no
 * localhost (Intuit, "Set redirect URIs").
 */
export function explainRefusal(redirect: RedirectUri, rules: RedirectRules): string | undefined {
  if (rules === "development") return undefined;
  if (redirect.scheme !== "https") return "Intuit accepts only https redirect URIs for production keys";
  if (isLoopbackName(redirect.hostname)) return "Intuit refuses localhost redirect URIs for production keys";
  if (/^[\d.]+$/.test(redirect.hostname) || redirect.hostname.startsWith("[")) {
    return "Intuit refuses IP addresses in redirect URIs for production keys";
  }
  return undefined;
}

/** Where to listen for a redirect URI that names this machine; `undefined` when it names another. */
export function deriveListenAddress(redirect: RedirectUri): ListenAddress | undefined {
  if (!isLoopbackName(redirect.hostname)) return undefined;
  return { scheme: redirect.scheme, host: redirect.hostname.replace(/^\[|\]$/g, ""), port: redirect.port };
}

/** Where to listen for a redirect URI with a name of one's own that points at this machine, as a given certificate promises. */
export function deriveOwnNameAddress(redirect: RedirectUri): ListenAddress {
  return { scheme: redirect.scheme, host: "localhost", port: redirect.port };
}

/**
 * Reads `--listen <scheme://host:port>`.
 * @throws USAGE when it is no such address.
 */
export function readListenAddress(text: string): ListenAddress {
  const match = /^(https?):\/\/([^/?#@:]+|\[[0-9a-fA-F:]+\]):(\d{1,5})\/?$/.exec(text);
  const port = Number(match?.[3]);
  if (!match?.[2] || port < 1 || port > 65_535) {
    throw new QboError(
      "USAGE",
      `The listen address ${makePrintable(text, 200)} is not of the form scheme://host:port.`,
      {
        hint: "For example: --listen http://127.0.0.1:8722",
      },
    );
  }
  return { scheme: match[1] === "https" ? "https" : "http", host: match[2].replace(/^\[|\]$/g, ""), port };
}
