import type { Secret } from "../core/secret.ts";

/** An OAuth client that can prove itself (RFC 6749, section 2.3). */
export interface Client {
  id: string;
  secret: Secret;
}

/** The Authorization header of HTTP Basic (RFC 6749, section 2.3.1). Intuit accepts no other way. */
export function formatBasicAuthorization({ id, secret }: Client): string {
  return `Basic ${Buffer.from(`${id}:${secret.reveal()}`, "utf8").toString("base64")}`;
}

/** The Authorization header of a request with an access token (RFC 6750, section 2.1). */
export function formatBearerAuthorization(accessToken: Secret): string {
  return `Bearer ${accessToken.reveal()}`;
}
