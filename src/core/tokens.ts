import type { Instant } from "./instant.ts";
import type { Secret } from "./secret.ts";

export interface AccessToken {
  secret: Secret;
  expiresAt: Instant;
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

/** Whether the access token is valid for at least `minValidity` seconds more. */
export function isFresh(tokens: Tokens, now: Instant, minValidity: number): boolean {
  return tokens.accessToken !== null && tokens.accessToken.expiresAt - now >= minValidity * 1000;
}
