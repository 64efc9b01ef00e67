import type { HttpRequest } from "../core/http.ts";
import type { Secret } from "../core/secret.ts";
import { formatBasicAuthorization, type Client } from "./client.ts";

/** An access token request with an authorization code (RFC 6749, section 4.1.3). To be sent once, and never again. */
export function buildExchangeRequest(
  endpoint: string,
  client: Client,
  grant: { code: Secret; redirectUri: string },
): HttpRequest {
  return buildTokenRequest(endpoint, client, {
    grant_type: "authorization_code",
    code: grant.code.reveal(),
    redirect_uri: grant.redirectUri,
  });
}

/** A refresh request (RFC 6749, section 6). */
export function buildRefreshRequest(endpoint: string, client: Client, refreshToken: Secret): HttpRequest {
  return buildTokenRequest(endpoint, client, { grant_type: "refresh_token", refresh_token: refreshToken.reveal() });
}

function buildTokenRequest(endpoint: string, client: Client, form: Record<string, string>): HttpRequest {
  return {
    method: "POST",
    url: endpoint,
    headers: {
      accept: "application/json",
      authorization: formatBasicAuthorization(client),
      "content-type": "application/x-www-form-urlencoded",
      // Intuit tells the five-year cap only when asked (Intuit, "Refresh token policy").
      "x-include-refresh-token-hard-expires-in": "true",
    },
    body: new URLSearchParams(form).toString(),
  };
}
