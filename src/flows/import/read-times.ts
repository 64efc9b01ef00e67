import { minute, parseInstant, type Instant } from "../../core/instant.ts";
import { refuseImport } from "./refuse-import.ts";

/** Looks a value up under the first of its names that has one. */
export type FindField = (...names: string[]) => unknown;

/** The times of an entry, as far as it tells them. */
export interface EntryTimes {
  accessTokenExpiresAt: Instant | undefined;
  refreshTokenExpiresAt: Instant | undefined;
  hardExpiresAt: Instant | undefined;
  rotatedAt: Instant | undefined;
}

/**
 * Reads the times of an entry. Lifetimes in seconds count from when the entry says that its tokens were issued; where it does not, from `now`, and are
 * upper bounds then. Tokens that were issued at a moment were the newest ones at that moment.
 * @throws USAGE naming the key that is wrong.
 */
export function readTimes(field: FindField, now: Instant): EntryTimes {
  const issuedAt = readIssueTime(
    field("createdAt", "created_at", "obtainedAt", "obtained_at", "issued_at", "iat"),
    now,
  );
  const from = issuedAt ?? now;
  return {
    accessTokenExpiresAt:
      readMoment("accessTokenExpiresAt", field("accessTokenExpiresAt", "expiresAt")) ??
      addSeconds(from, field("expires_in", "expiresIn")),
    refreshTokenExpiresAt:
      readMoment("refreshTokenExpiresAt", field("refreshTokenExpiresAt")) ??
      addSeconds(from, field("x_refresh_token_expires_in", "refreshTokenExpiresIn")),
    hardExpiresAt:
      readMoment("hardExpiresAt", field("hardExpiresAt")) ??
      addSeconds(from, field("x_refresh_token_hard_expires_in", "refreshTokenHardExpiresIn")),
    rotatedAt: readMoment("rotatedAt", field("rotatedAt", "refreshTokenRotatedAt")) ?? issuedAt,
  };
}

/** In ISO 8601, or in seconds or milliseconds since 1970, as libraries note it. What lies in the future tells nothing. */
function readIssueTime(value: unknown, now: Instant): Instant | undefined {
  const number = typeof value === "string" && /^\d{9,14}$/.test(value) ? Number(value) : value;
  const at =
    typeof number === "number"
      ? number * (number < 1e11 ? 1000 : 1)
      : typeof number === "string"
        ? parseInstant(number)
        : undefined;
  return at !== undefined && Number.isFinite(at) && at > 1e12 && at <= now + 5 * minute ? Math.floor(at) : undefined;
}

function addSeconds(from: Instant, value: unknown): Instant | undefined {
  const seconds = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  // Ten years is beyond anything that Intuit issues.
  return typeof seconds === "number" && Number.isInteger(seconds) && seconds >= 0 && seconds < 315_360_000
    ? from + seconds * 1000
    : undefined;
}

function readMoment(key: string, value: unknown): Instant | undefined {
  if (value === undefined) return undefined;
  const instant = typeof value === "string" ? parseInstant(value) : undefined;
  if (instant !== undefined) return instant;
  throw refuseImport(`${key} must be a time such as 2026-01-31T12:00:00Z`);
}
