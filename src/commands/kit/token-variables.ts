import type { HandedOut } from "../../flows/hand-out-token.ts";

/** The variables in which a program finds an access token and what it is good for. */
export function listTokenVariables({ facts, secret }: Pick<HandedOut, "facts" | "secret">): Record<string, string> {
  return {
    QBO_ACCESS_TOKEN: secret.reveal(),
    QBO_REALM_ID: facts.realmId,
    QBO_ENVIRONMENT: facts.environment,
    QBO_API_BASE_URL: facts.endpoints.api,
  };
}
