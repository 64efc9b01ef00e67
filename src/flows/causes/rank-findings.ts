import { confidences } from "./cause.ts";
import { causeIds } from "./causes.ts";
import type { Finding } from "./finding.ts";

/** One entry for each cause, the surest first. What is only likely and not alone so is merely possible. */
export function rankFindings(found: readonly Finding[]): Finding[] {
  const merged = causeIds.flatMap((cause) => mergeFindings(found.filter((finding) => finding.cause === cause)));
  const isContested =
    merged.every(({ confidence }) => confidence !== "certain") &&
    merged.filter(({ confidence }) => confidence === "likely").length > 1;
  return merged
    .toSorted((a, b) => confidences.indexOf(a.confidence) - confidences.indexOf(b.confidence))
    .map((finding) => (isContested ? { ...finding, confidence: "possible" } : finding));
}

function mergeFindings(same: readonly Finding[]): Finding[] {
  const [first] = same;
  if (!first) return [];
  const confidence = confidences.find((each) => same.some((finding) => finding.confidence === each)) ?? "possible";
  const evidence = [...new Set(same.map((finding) => finding.evidence))].join(" ");
  const fix = same.find((finding) => finding.fix !== undefined)?.fix;
  return [{ cause: first.cause, confidence, evidence, ...(fix ? { fix } : {}) }];
}
