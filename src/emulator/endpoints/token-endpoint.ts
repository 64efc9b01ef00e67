import type { Answer, ReceivedRequest } from "../http/http-message.ts";
import { answerJson, readMediaType } from "../http/http-message.ts";
import { authenticateClient } from "../state/apps.ts";
import type { CodeRecord } from "../state/codes.ts";
import { isCodeInTime } from "../state/codes.ts";
import type { IssuedTokens } from "../state/grants.ts";
import { signIdToken } from "../state/id-token.ts";
import type { EmulatorState } from "../state/state.ts";
import { findIssuer } from "../state/state.ts";

/** The token endpoint (RFC 6749, sections 4.1.3 and 6) with Intuit's deviations: Basic authentication only, no `scope`. */
export function answerTokenRequest(state: EmulatorState, request: ReceivedRequest): Answer {
  if (readMediaType(request) !== "application/x-www-form-urlencoded") return refuseTokenRequest(400, "invalid_request");
  const form = new URLSearchParams(request.body);
  const clientId = authenticateClient(request.headers.authorization, state.apps);
  const repeatsKeys = form.has("client_id") || form.has("client_secret");
  if (clientId === undefined || repeatsKeys) return refuseTokenRequest(401, "invalid_client");
  if (new Set(form.keys()).size !== form.size) return refuseTokenRequest(400, "invalid_request");
  const asksForHardExpiry = request.headers["x-include-refresh-token-hard-expires-in"] === "true";
  switch (form.get("grant_type")) {
    case "authorization_code":
      return exchangeCode(state, form, { clientId, asksForHardExpiry });
    case "refresh_token":
      return refreshTokens(state, form, { clientId, asksForHardExpiry });
    case null:
    case "":
      return refuseTokenRequest(400, "invalid_request");
    default:
      return refuseTokenRequest(400, "unsupported_grant_type");
  }
}

/** An error of the token endpoint (RFC 6749, section 5.2). */
export function refuseTokenRequest(status: number, error: string, description?: string): Answer {
  return answerJson(status, description === undefined ? { error } : { error, error_description: description });
}

/** The company that a token request is about, for faults that hit one company only. */
export function findRealmOfTokenRequest(state: EmulatorState, request: ReceivedRequest): string | undefined {
  const form = new URLSearchParams(request.body);
  const code = state.codes.find(form.get("code") ?? "");
  return (code ?? state.grants.findByAnyToken(form.get("refresh_token") ?? ""))?.realmId ?? undefined;
}

interface Asker {
  clientId: string;
  asksForHardExpiry: boolean;
}

function exchangeCode(state: EmulatorState, form: URLSearchParams, asker: Asker): Answer {
  const code = form.get("code") ?? "";
  const redirectUri = form.get("redirect_uri") ?? "";
  if (code === "" || redirectUri === "") return refuseTokenRequest(400, "invalid_request");
  const record = state.codes.find(code);
  if (record === undefined || !isExchangeable(state, record, { clientId: asker.clientId, redirectUri })) {
    state.counters.rejectedExchanges += 1;
    return refuseTokenRequest(400, "invalid_grant", "Invalid authorization code");
  }
  const tokens = state.grants.open({ clientId: record.clientId, realmId: record.realmId, scopes: record.scopes });
  record.grantId = tokens.grant.id;
  state.counters.exchanges += 1;
  return answerJson(200, { ...writeTokens(state, tokens, asker), ...writeIdToken(state, tokens) });
}

/** A second exchange of a code also voids what the first one gave (RFC 6749, section 4.1.2). */
function isExchangeable(
  state: EmulatorState,
  record: CodeRecord,
  { clientId, redirectUri }: { clientId: string; redirectUri: string },
): boolean {
  if (record.clientId !== clientId) return false;
  if (record.grantId !== null) {
    state.grants.revokeGrant(record.grantId);
    return false;
  }
  return record.redirectUri === redirectUri && isCodeInTime(record, state.clock.nowSeconds());
}

function refreshTokens(state: EmulatorState, form: URLSearchParams, asker: Asker): Answer {
  const refreshToken = form.get("refresh_token") ?? "";
  if (refreshToken === "") return refuseTokenRequest(400, "invalid_request");
  const tokens = state.grants.refresh(refreshToken, asker.clientId);
  if (tokens === undefined) {
    state.counters.rejectedRefreshes += 1;
    return refuseTokenRequest(400, "invalid_grant", "Incorrect or invalid refresh token");
  }
  state.counters.refreshes += 1;
  return answerJson(200, writeTokens(state, tokens, asker));
}

function writeTokens(
  state: EmulatorState,
  tokens: IssuedTokens,
  { asksForHardExpiry }: Asker,
): Record<string, unknown> {
  const writeNumber = (value: number): number | string => (state.policy.numbersAsStrings ? String(value) : value);
  return {
    token_type: "bearer",
    access_token: tokens.accessToken,
    expires_in: writeNumber(tokens.accessTokenExpiresInSeconds),
    refresh_token: tokens.grant.refreshToken,
    x_refresh_token_expires_in: writeNumber(tokens.refreshTokenExpiresInSeconds),
    ...(asksForHardExpiry ? { x_refresh_token_hard_expires_in: writeNumber(tokens.hardExpiresInSeconds) } : {}),
  };
}

function writeIdToken(state: EmulatorState, { grant }: IssuedTokens): { id_token?: string } {
  const defect = state.policy.idTokenDefect;
  if (!grant.scopes.includes("openid") || defect === "missing") return {};
  const request = {
    grant,
    issuer: findIssuer(state),
    nowSeconds: state.clock.nowSeconds(),
    lifetimeSeconds: 3600,
    defect,
  };
  return { id_token: signIdToken(state.setup.signingKey, request) };
}
