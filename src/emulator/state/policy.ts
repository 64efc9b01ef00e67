import type { JsonFields } from "../http/json-fields.ts";
import { readBoolean, readChoice, readInteger, refuseUnknownFields } from "../http/json-fields.ts";

/** What becomes of a refresh token that has been replaced; Intuit's own texts disagree. */
const OLD_REFRESH_TOKEN_RULES = ["reject", "accept-24h", "revoke-chain"] as const;
/** What is wrong with the ID tokens that are handed out. */
const ID_TOKEN_DEFECTS = [
  "none",
  "missing",
  "bad-signature",
  "unknown-key",
  "wrong-issuer",
  "wrong-audience",
  "expired",
  "other-realm",
] as const;

type OldRefreshTokenRule = (typeof OLD_REFRESH_TOKEN_RULES)[number];
export type IdTokenDefect = (typeof ID_TOKEN_DEFECTS)[number];

/** The rules where Intuit is unclear, has changed its mind, or a test needs an odd answer. */
export interface Policy {
  /** `revoke-chain`: presenting an old value kills the grant, as Intuit warns may happen. */
  oldRefreshTokens: OldRefreshTokenRule;
  /** A refresh hands out a new refresh token when the current one is at least this old; 0 = every time. */
  rotateAfterSeconds: number;
  accessTokenLength: number;
  accessTokenLifetimeSeconds: number;
  /** `"expires_in": "3600"` instead of `3600`, as has been seen. */
  numbersAsStrings: boolean;
  /** Rolling lifetime, started anew by every refresh. */
  refreshTokenLifetimeSeconds: number;
  /** Counted from the first consent; refreshing does not move it. */
  hardLifetimeSeconds: number;
  /** The `Date` header tells the emulator's time instead of the machine's. */
  dateFollowsClock: boolean;
  idTokenDefect: IdTokenDefect;
}

/** Intuit's rules as `qbo` understands them. */
export const DEFAULT_POLICY: Readonly<Policy> = {
  oldRefreshTokens: "reject",
  rotateAfterSeconds: 86_400,
  accessTokenLength: 900,
  accessTokenLifetimeSeconds: 3600,
  numbersAsStrings: false,
  refreshTokenLifetimeSeconds: 8_726_400,
  hardLifetimeSeconds: 157_680_000,
  dateFollowsClock: false,
  idTokenDefect: "none",
};

const LONGEST_SECONDS = 10_000_000_000;
const ANY_DURATION = { min: 0, max: LONGEST_SECONDS };

/** The policy after a change; fields that the change does not name stay. Throws `BadRequestError`. */
export function changePolicy(policy: Policy, change: JsonFields): Policy {
  refuseUnknownFields(change, Object.keys(DEFAULT_POLICY));
  return {
    oldRefreshTokens: readChoice(change, "oldRefreshTokens", OLD_REFRESH_TOKEN_RULES) ?? policy.oldRefreshTokens,
    rotateAfterSeconds: readInteger(change, "rotateAfterSeconds", ANY_DURATION) ?? policy.rotateAfterSeconds,
    accessTokenLength: readInteger(change, "accessTokenLength", { min: 128, max: 8192 }) ?? policy.accessTokenLength,
    accessTokenLifetimeSeconds:
      readInteger(change, "accessTokenLifetimeSeconds", ANY_DURATION) ?? policy.accessTokenLifetimeSeconds,
    numbersAsStrings: readBoolean(change, "numbersAsStrings") ?? policy.numbersAsStrings,
    refreshTokenLifetimeSeconds:
      readInteger(change, "refreshTokenLifetimeSeconds", ANY_DURATION) ?? policy.refreshTokenLifetimeSeconds,
    hardLifetimeSeconds: readInteger(change, "hardLifetimeSeconds", ANY_DURATION) ?? policy.hardLifetimeSeconds,
    dateFollowsClock: readBoolean(change, "dateFollowsClock") ?? policy.dateFollowsClock,
    idTokenDefect: readChoice(change, "idTokenDefect", ID_TOKEN_DEFECTS) ?? policy.idTokenDefect,
  };
}
