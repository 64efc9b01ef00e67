import { minute, type Instant } from "./instant.ts";
import type { Secret } from "./secret.ts";

export interface AccessToken {
  secret: Secret;
  /** By the clock that showed `receivedAt`. */
  expiresAt: Instant;
  /** Absent when unknown: it was brought in, or stored before this was noted. */
  receivedAt?: Instant;
}

interface RefreshToken {
  secret: Secret;
  /** End of the rolling lifetime; null when unknown (a token brought in from elsewhere). */
  expiresAt: Instant | null;
  /** When this value was first received here. */
  rotatedAt: Instant;
  /** The cap counted from the first consent, which refreshing does not move; null when Intuit has not told it. */
  hardExpiresAt: Instant | null;
}

/**
 * What a store keeps for one connection. `generation` grows by one with every save; whoever saves names the
 * generation that it follows, so the loser of a race never overwrites the winner.
 */
export interface Tokens {
  generation: number;
  /** Null when only a refresh token is held: after an import, or when a torn write lost it. */
  accessToken: AccessToken | null;
  refreshToken: RefreshToken;
}

/** Whether the access token is known to be valid for at least `minValidity` seconds more. */
export function isFresh({ accessToken }: Tokens, now: Instant, minValidity: number): boolean {
  if (accessToken === null || isFromFuture(accessToken.receivedAt, now)) return false;
  return accessToken.expiresAt - now >= minValidity * 1000;
}

/** The clocks of machines that share connections may differ so much. It is no more than the validity that is asked for by default. */
const toleratedSkew = 5 * minute;

/** Whether the clock has been set back since: the expiries that were computed then lie too far ahead, and prove nothing. */
export function isFromFuture(receivedAt: Instant | undefined, now: Instant): boolean {
  return receivedAt !== undefined && receivedAt - now > toleratedSkew;
}
