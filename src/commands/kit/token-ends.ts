import type { Instant } from "../../core/instant.ts";
import type { ConnectionState } from "../../flows/connections/connection-report.ts";
import { fullLife } from "./life-bar.ts";

/** When what a connection lives by ends; null where that is not known. */
export interface TokenEnds {
  state: ConnectionState;
  refreshToken: Instant | null;
  consent: Instant | null;
}

/** Whether the tokens' expiries mean nothing: Intuit would not take them, although they have not expired. */
export function isUseless({ state, refreshToken, consent }: TokenEnds, now: Instant): boolean {
  if (state === "disconnected") return true;
  return state === "reconnect" && !hasPassed(refreshToken, now) && !hasPassed(consent, now);
}

function hasPassed(end: Instant | null, now: Instant): boolean {
  return end !== null && end <= now;
}

/** What ends first of a connection, which a person must know; null when unknown. */
export interface FirstEnd {
  what: "refresh token" | "consent";
  at: Instant | null;
}

/**
 * Whether the refresh token or the consent behind it ends first. An unknown expiry of a refresh token is taken to be as late as Intuit
 * makes any.
 */
export function findFirstEnd({ refreshToken, consent }: TokenEnds, now: Instant): FirstEnd {
  const isConsent = consent !== null && consent < (refreshToken ?? now + fullLife.refresh);
  return isConsent ? { what: "consent", at: consent } : { what: "refresh token", at: refreshToken };
}
