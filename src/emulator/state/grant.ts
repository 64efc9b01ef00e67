import { hashToken } from "./mint.ts";
import type { Policy } from "./policy.ts";

/** One consent of one person: an app's access to one company or, without a company, to the person's profile. */
export interface Grant {
  id: string;
  clientId: string;
  realmId: string | null;
  scopes: string[];
  /** The five-year cap counts from here. */
  firstConsentAtSeconds: number;
  /** When the person last consented: `auth_time` of the ID token. */
  consentedAtSeconds: number;
  isRevoked: boolean;
  refreshToken: string;
  refreshTokenSinceSeconds: number;
  refreshTokenExpiresAtSeconds: number;
  /** Refresh tokens that were replaced, newest last. */
  retired: { hash: string; atSeconds: number }[];
  accessTokens: { hash: string; expiresAtSeconds: number }[];
}

/** How things are judged: the rules, and the moment. */
export interface Judgement {
  policy: Readonly<Policy>;
  nowSeconds: number;
}

const OLD_TOKEN_GRACE_SECONDS = 86_400;

/** When the five-year cap ends this grant; refreshing does not move it. */
export function findHardExpiry(grant: Grant, policy: Readonly<Policy>): number {
  return grant.firstConsentAtSeconds + policy.hardLifetimeSeconds;
}

/** Whether the grant can still be refreshed or revoked. */
export function isAlive(grant: Grant, { policy, nowSeconds }: Judgement): boolean {
  const endsAt = Math.min(grant.refreshTokenExpiresAtSeconds, findHardExpiry(grant, policy));
  return !grant.isRevoked && nowSeconds < endsAt;
}

/** The record of a refresh token that was replaced, if this is one. */
export function findRetired(grant: Grant, token: string): Grant["retired"][number] | undefined {
  const hash = hashToken(token);
  return grant.retired.find((old) => old.hash === hash);
}

/** Whether the grant may be refreshed with this token: the current one, or an old one where the policy says so. */
export function isAcceptedRefreshToken(grant: Grant, token: string, { policy, nowSeconds }: Judgement): boolean {
  if (token === grant.refreshToken) return true;
  const old = findRetired(grant, token);
  if (old === undefined || policy.oldRefreshTokens !== "accept-24h") return false;
  return nowSeconds < old.atSeconds + OLD_TOKEN_GRACE_SECONDS;
}

/** Whether an access token of the grant, also an earlier one, would be taken now. */
export function isValidAccessToken(grant: Grant, token: string, nowSeconds: number): boolean {
  const hash = hashToken(token);
  const found = grant.accessTokens.find((candidate) => candidate.hash === hash);
  return found !== undefined && !grant.isRevoked && nowSeconds < found.expiresAtSeconds;
}
