/** Addresses of an authorization server and the API behind it (RFC 8414 names them so, but for `api`). */
export interface Endpoints {
  authorization: string;
  token: string;
  revocation: string;
  userInfo: string;
  jwks: string;
  issuer: string;
  /** Base URL of the Accounting API, without a trailing slash. */
  api: string;
}

/** Which redirect URIs the authorization server accepts: development keys may use localhost, production keys not. */
export type RedirectRules = "development" | "production";

/** Where connections are made: it fixes all addresses. */
export interface Environment {
  name: string;
  endpoints: Endpoints;
  redirectRules: RedirectRules;
}

export const builtInEnvironments = ["sandbox", "production", "emulator"] as const;

/** The addresses that receive tokens or secrets, as origins, each once, sorted. */
export function listOrigins(endpoints: Endpoints): string[] {
  const { token, revocation, userInfo, jwks, api } = endpoints;
  return [...new Set([token, revocation, userInfo, jwks, api].map((address) => new URL(address).origin))].toSorted();
}
