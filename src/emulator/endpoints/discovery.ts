import type { Answer } from "../http/http-message.ts";
import { answerJson } from "../http/http-message.ts";
import { SCOPES } from "../state/scopes.ts";
import type { EmulatorState } from "../state/state.ts";
import { findIssuer } from "../state/state.ts";

const OPENID_SCOPES = ["openid", "profile", "email", "phone", "address"];

/** The discovery document, the same for sandbox and production: every address is the emulator's own. No PKCE. */
export function answerDiscovery(state: EmulatorState): Answer {
  const { baseUrl } = state;
  return answerCacheable({
    issuer: findIssuer(state),
    authorization_endpoint: `${baseUrl}/connect/oauth2`,
    token_endpoint: `${baseUrl}/oauth2/v1/tokens/bearer`,
    userinfo_endpoint: `${baseUrl}/v1/openid_connect/userinfo`,
    revocation_endpoint: `${baseUrl}/v2/oauth2/tokens/revoke`,
    jwks_uri: `${baseUrl}/op/v1/jwks`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: [...OPENID_SCOPES, ...Object.keys(SCOPES).filter((scope) => !OPENID_SCOPES.includes(scope))],
    token_endpoint_auth_methods_supported: ["client_secret_basic"],
    claims_supported: ["aud", "exp", "iat", "iss", "realmid", "sub", "auth_time"],
  });
}

/** The public key of ID tokens as a JWK set (RFC 7517, section 5). */
export function answerJwks(state: EmulatorState): Answer {
  return answerCacheable({ keys: [state.setup.signingKey.publicJwk] });
}

function answerCacheable(value: object): Answer {
  const answer = answerJson(200, value);
  answer.headers["cache-control"] = "max-age=3600";
  return answer;
}
