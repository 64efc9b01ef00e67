/** Parts of an authorization request (RFC 6749, section 4.1.1). Intuit requires every one of them. */
export interface AuthorizationRequest {
  endpoint: string;
  clientId: string;
  redirectUri: string;
  scopes: readonly string[];
  /** 256 random bits, base64url. */
  state: string;
}

/** The address to which the person's browser is sent. */
export function buildAuthorizationUrl({
  endpoint,
  clientId,
  redirectUri,
  scopes,
  state,
}: AuthorizationRequest): string {
  const url = new URL(endpoint);
  url.searchParams.set("client_id", clientId);
  url.searchParams.set("response_type", "code");
  url.searchParams.set("scope", scopes.join(" "));
  url.searchParams.set("redirect_uri", redirectUri);
  url.searchParams.set("state", state);
  // Both notations of a space mean the same to a form decoder; %20 also survives being copied out of a terminal.
  return url.href.replaceAll("+", "%20");
}
