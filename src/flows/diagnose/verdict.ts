import type { ExitCode } from "../../core/errors.ts";
import type { CauseSubject, Confidence } from "../causes/cause.ts";
import { judgeExitCode, listFixes, summarize, type CauseId } from "../causes/causes.ts";
import type { Finding } from "../causes/finding.ts";
import { rankFindings } from "../causes/rank-findings.ts";
import type { CheckResult } from "./check-result.ts";

/** The cause that the evidence speaks for. */
export interface Verdict {
  cause: CauseId;
  confidence: Confidence;
  summary: string;
  fix: string[];
}

export interface Judgement {
  /** Null when nothing is wrong, or nothing that is wrong has one of the causes. */
  verdict: Verdict | null;
  /** Every cause that something speaks for, the most likely first; empty when nothing is wrong. */
  ranking: Finding[];
  exitCode: ExitCode;
}

export interface Circumstances {
  subject: CauseSubject;
  /** Whether Intuit has rejected the refresh token that is stored. */
  isRejected: boolean;
}

/** Weighs what the checks found. Without a failure there is nothing to explain. */
export function judge(
  results: readonly Pick<CheckResult, "status" | "findings" | "exitCode">[],
  { subject, isRejected }: Circumstances,
): Judgement {
  const failed = results.filter(({ status }) => status === "fail");
  if (failed.length === 0) return { verdict: null, ranking: [], exitCode: 0 };
  const found = results.flatMap(({ findings }) => findings);
  const ranking = rankFindings(isRejected ? addUnexplained(found) : found);
  const [first] = ranking;
  if (!first) return { verdict: null, ranking, exitCode: findOwnExitCode(failed) };
  const { cause, confidence, fix = listFixes(cause, subject) } = first;
  return {
    verdict: { cause, confidence, summary: summarize(cause, confidence, subject), fix },
    ranking,
    exitCode: judgeExitCode(cause, isRejected),
  };
}

/** A rejection that nothing explains has its causes elsewhere; one that something explains may still have them there. */
function addUnexplained(found: readonly Finding[]): Finding[] {
  const isExplained = found.some(({ confidence }) => confidence !== "possible");
  return [
    ...found,
    {
      cause: "revoked-or-rotated-elsewhere",
      confidence: isExplained ? "possible" : "likely",
      evidence: "Intuit rejected the refresh token.",
    },
  ];
}

function findOwnExitCode(failed: readonly Pick<CheckResult, "exitCode">[]): ExitCode {
  return failed.find(({ exitCode }) => exitCode !== undefined)?.exitCode ?? 5;
}
