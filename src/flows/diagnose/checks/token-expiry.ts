import { formatDuration } from "../../../core/duration.ts";
import { day, formatMoment, second, secondsUntil, type Instant } from "../../../core/instant.ts";
import { knowTimes } from "../../connections/connection-report.ts";
import { fail, pass, skip, warn, type CheckResult } from "../check-result.ts";
import type { Check, Examination } from "../examination.ts";

const soon = 14 * day;

/** Whether the refresh token and the consent still live, also by Intuit's clock where that was asked. */
export const tokenExpiry: Check = {
  id: "token-expiry",
  title: "Expiry",
  purpose: "Neither the refresh token nor the five-year limit of the consent is past.",
  needsNetwork: false,
  async run(examination) {
    const { facts, now, isOffline, measureSkew } = examination;
    if (!facts || facts.disconnectedAt !== null) return skip("There is no token.");
    const theirs = now + (isOffline ? 0 : ((await measureSkew()) ?? 0));
    const { hardExpiresAt, refreshTokenExpiresAt } = knowTimes(facts.tokens, now);
    return (
      judge(examination, { end: hardExpiresAt, theirs, isHard: true }) ??
      judge(examination, { end: refreshTokenExpiresAt, theirs, isHard: false }) ??
      pass(describeLife(hardExpiresAt, refreshTokenExpiresAt, now))
    );
  },
};

interface End {
  end: Instant | null;
  /** The time by Intuit's clock. */
  theirs: Instant;
  isHard: boolean;
}

function judge({ facts, now }: Examination, { end, theirs, isHard }: End): CheckResult | undefined {
  const name = facts?.name ?? "";
  if (end === null) return undefined;
  const subject = isHard ? "The five-year limit of the consent" : "The refresh token";
  if (end <= theirs) {
    const cause = isHard ? "hard-expiry-reached" : "refresh-token-expired";
    const detail = `${subject} ${isHard ? "was reached" : "expired"} on ${formatMoment(end)}.`;
    return fail(detail, `Sign in again: qbo login ${name}`, { cause, confidence: "certain" });
  }
  if (end <= now) return warn(`${subject} seems expired, by this machine's clock only.`, null);
  if (end - now >= soon) return undefined;
  const fix = isHard ? `Sign in again: qbo login ${name}` : `Prolong it: qbo refresh ${name}`;
  return warn(`${subject} ends in ${formatDuration(secondsUntil(end, now))}, on ${formatMoment(end)}.`, fix);
}

function describeLife(hard: Instant | null, rolling: Instant | null, now: Instant): string {
  const tell = (end: Instant | null) =>
    end === null ? "for an unknown time" : `for ${formatDuration((end - now) / second)}`;
  return `The refresh token lives ${tell(rolling)}, the consent ${tell(hard)}.`;
}
