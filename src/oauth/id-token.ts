import type { IdTokenFacts } from "../core/connection.ts";
import type { Instant } from "../core/instant.ts";
import { makePrintable } from "../core/printable.ts";
import { isRealmId } from "../core/realm-id.ts";
import type { Secret } from "../core/secret.ts";

export interface IdTokenExpectation {
  issuer: string;
  clientId: string;
  /** The JSON Web Key Set as the issuer serves it; `undefined` when it could not be had. */
  keys: Record<string, unknown> | undefined;
  now: Instant;
}

export interface IdTokenVerdict {
  facts: IdTokenFacts;
  /** Why `facts.verified` is false; null when it is true. */
  failure: string | null;
}

/**
 * Verifies an ID token (OpenID Connect Core, section 3.1.3.7): RS256, issuer, audience, expiry, subject. A failed one is
 * told, never thrown: the tokens that came with it are good all the same.
 */
export async function verifyIdToken(idToken: Secret, expected: IdTokenExpectation): Promise<IdTokenVerdict> {
  const { createLocalJWKSet, decodeJwt, jwtVerify } = await import("jose");
  let claims: Record<string, unknown> = {};
  try {
    claims = decodeJwt(idToken.reveal());
    if (!isKeySet(expected.keys))
      return { facts: describeClaims(claims, false, expected.now), failure: "the issuer's keys could not be read" };
    const { payload } = await jwtVerify(idToken.reveal(), createLocalJWKSet(expected.keys), {
      algorithms: ["RS256"],
      issuer: expected.issuer,
      audience: expected.clientId,
      requiredClaims: ["sub", "exp"],
      currentDate: new Date(expected.now),
      clockTolerance: 60,
    });
    return { facts: describeClaims(payload, true, expected.now), failure: null };
  } catch (error) {
    const reason = makePrintable(error instanceof Error ? error.message : String(error), 200);
    return { facts: describeClaims(claims, false, expected.now), failure: reason };
  }
}

/** The company that an ID token names, whoever signed it: only for one that came from the token endpoint itself. */
export async function readClaimedRealm(idToken: Secret): Promise<string | undefined> {
  const { decodeJwt, errors } = await import("jose");
  try {
    const { realmid } = decodeJwt(idToken.reveal());
    return typeof realmid === "string" && isRealmId(realmid) ? realmid : undefined;
  } catch (error) {
    // What is no JWT names nothing; that it is none is told where it is verified.
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

function isKeySet(value: unknown): value is { keys: { kty: string }[] } {
  return typeof value === "object" && value !== null && "keys" in value && Array.isArray(value.keys);
}

function describeClaims(claims: Record<string, unknown>, verified: boolean, now: Instant): IdTokenFacts {
  const text = (value: unknown) => (typeof value === "string" ? makePrintable(value, 200) : null);
  const audience = Array.isArray(claims["aud"]) ? claims["aud"] : [claims["aud"]];
  return {
    verified,
    verifiedAt: now,
    issuer: text(claims["iss"]),
    audience: audience.map(text).filter((entry) => entry !== null),
    subject: text(claims["sub"]),
    realmId: text(claims["realmid"]),
    expiresAt: readNumericDate(claims["exp"]),
  };
}

/** NumericDate (RFC 7519, section 2), as far as a date can show it. */
function readNumericDate(value: unknown): Instant | null {
  return typeof value === "number" && value >= 0 && value < 253_402_300_800 ? Math.floor(value) * 1000 : null;
}
