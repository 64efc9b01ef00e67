import { isIP } from "node:net";
import { EmulatorError } from "../emulator-error.ts";

const DEVELOPMENT_REDIRECT_URIS = ["https://localhost:8722/callback", "http://localhost:8722/callback"];
const PRODUCTION_REDIRECT_URIS = ["https://qbo.example.com:8722/callback", "https://connect.example.com/callback"];

/** The redirect URIs that are registered without anybody asking. */
export function listDefaultRedirectUris(isProduction: boolean): string[] {
  return [...(isProduction ? PRODUCTION_REDIRECT_URIS : DEVELOPMENT_REDIRECT_URIS)];
}

/**
 * Refuses what Intuit refuses to register: a query or fragment; for production keys anything but `https`, `localhost`
 * and IP addresses. Plain `http` is for loopback names only. Throws `EmulatorError` (`REDIRECT_NOT_ALLOWED`).
 */
export function assertRegistrable(redirectUri: string, isProduction: boolean): void {
  const objection = findObjection(redirectUri, isProduction);
  if (objection === undefined) return;
  throw new EmulatorError("REDIRECT_NOT_ALLOWED", `The redirect URI ${JSON.stringify(redirectUri)} ${objection}.`);
}

function findObjection(redirectUri: string, isProduction: boolean): string | undefined {
  if (!URL.canParse(redirectUri)) return "is not an absolute URL";
  const { protocol, hostname } = new URL(redirectUri);
  const host = hostname.replace(/^\[|\]$/g, "");
  if (!/^[\x21-\x7e]+$/.test(redirectUri)) return "must be printable ASCII without spaces";
  if (/[?#]/.test(redirectUri)) return "must have no query and no fragment";
  if (protocol !== "https:" && protocol !== "http:") return "must be http or https";
  if (isProduction && protocol !== "https:") return "must be https for production keys";
  if (isProduction && (host === "localhost" || host.endsWith(".localhost")))
    return "must not be localhost for production keys";
  if (isProduction && isIP(host) !== 0) return "must not be an IP address for production keys";
  if (protocol === "http:" && !["localhost", "127.0.0.1", "::1"].includes(host)) return "may be http on localhost only";
  return undefined;
}
