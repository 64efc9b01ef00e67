import type { ExitCode } from "../../core/errors.ts";
import type { Cause, CauseSubject, Confidence } from "./cause.ts";
import { exchangeCauses } from "./exchange-causes.ts";
import { otherCauses } from "./other-causes.ts";
import { refreshCauses } from "./refresh-causes.ts";

const { "store-unavailable": storeUnavailable, "shadowed-by-environment": shadowed, ...others } = otherCauses;
const { "service-outage": outage, "revoked-or-rotated-elsewhere": unexplained, ...rejections } = refreshCauses;

/** The one table of causes. At equal confidence an earlier one outranks a later one: it stands in the way of mending the later. */
const causes = {
  "store-unavailable": storeUnavailable,
  "shadowed-by-environment": shadowed,
  ...rejections,
  ...exchangeCauses,
  ...others,
  "service-outage": outage,
  "revoked-or-rotated-elsewhere": unexplained,
} as const satisfies Record<string, Cause>;

export type CauseId = keyof typeof causes;

export const causeIds = Object.keys(causes).filter((id): id is CauseId => id in causes);

/** What is known of a cause. */
export function getCause(id: CauseId): Cause {
  return causes[id];
}

/** The cause as a sentence that says how sure it is. */
export function summarize(id: CauseId, confidence: Confidence, subject: CauseSubject): string {
  const clause = getCause(id).summary(subject).replaceAll(/ {2,}/g, " ");
  if (confidence === "certain") return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
  return `${confidence === "likely" ? "Most likely" : "Possibly"} ${clause}.`;
}

/** What to do: commands where there are any, else the advice in words. */
export function listFixes(id: CauseId, subject: CauseSubject): string[] {
  const { advice, commands } = getCause(id);
  const lines = commands(subject);
  return lines.length > 0 ? lines : [`${advice}.`];
}

/** What to do, in one line with the exact next command. */
export function formatAdvice(id: CauseId, subject: CauseSubject): string {
  const { advice, commands } = getCause(id);
  const [next] = commands(subject);
  return next === undefined ? `${advice}.` : `${advice}: ${next}`;
}

/** The exit code of a cause. */
export function judgeExitCode(id: CauseId, isRejected: boolean): ExitCode {
  const { exitCode, exitCodeWhenRejected } = getCause(id);
  return isRejected ? (exitCodeWhenRejected ?? exitCode) : exitCode;
}
