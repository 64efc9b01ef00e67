import type { ExitCode } from "../../core/errors.ts";
import type { Finding } from "../causes/finding.ts";

/** `warn` does not keep the connection from working now; `skip` could not be looked at, or need not be. */
export type CheckStatus = "ok" | "warn" | "fail" | "skip";

/** What a check came to. */
export interface CheckResult {
  status: CheckStatus;
  /** What was found, as a sentence. */
  detail: string;
  /** What to do about it, with the exact command. */
  fix: string | null;
  findings: Finding[];
  /** The exit code of a failure that has none of the causes. */
  exitCode?: ExitCode;
}

/** Nothing is wrong. */
export function pass(detail: string): CheckResult {
  return { status: "ok", detail, fix: null, findings: [] };
}

/** It could not be looked at, or need not be; `detail` says why. */
export function skip(detail: string): CheckResult {
  return { status: "skip", detail, fix: null, findings: [] };
}

/** Something that does not hurt yet. Its findings count only when something else fails. */
export function warn(detail: string, fix: string | null, findings: Finding[] = []): CheckResult {
  return { status: "warn", detail, fix, findings };
}

/** A failure that a cause explains, whose evidence is the detail unless another is given. */
export function fail(
  detail: string,
  fix: string | null,
  ...findings: (Omit<Finding, "evidence"> & { evidence?: string })[]
): CheckResult {
  return { status: "fail", detail, fix, findings: findings.map((finding) => ({ evidence: detail, ...finding })) };
}
