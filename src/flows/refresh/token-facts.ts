import type { ConnectionFacts, TokenFacts } from "../../core/connection.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { Tokens } from "../../core/tokens.ts";

/** What may be known of tokens without them. */
export function describeTokens({ generation, accessToken, refreshToken }: Tokens): TokenFacts {
  return {
    generation,
    accessTokenExpiresAt: accessToken?.expiresAt ?? null,
    ...(accessToken?.receivedAt === undefined ? {} : { accessTokenReceivedAt: accessToken.receivedAt }),
    refreshTokenExpiresAt: refreshToken.expiresAt,
    refreshTokenRotatedAt: refreshToken.rotatedAt,
    hardExpiresAt: refreshToken.hardExpiresAt,
    refreshTokenFingerprint: fingerprint(refreshToken.secret),
  };
}

/** The facts after tokens were stored: whatever evidence there was against the connection is overtaken. */
export function followTokens(facts: ConnectionFacts, tokens: Tokens): ConnectionFacts {
  return { ...facts, tokens: describeTokens(tokens), isPending: false, rejection: null, disconnectedAt: null };
}
