import { formatInstant } from "../../core/instant.ts";
import type { GivenRefresh } from "../../flows/given-token.ts";
import type { Continuation } from "../../flows/many/continued-run.ts";
import type { RefreshResult } from "../../flows/many/refresh-many.ts";
import { describeFailure, pickTelling, reportError } from "./bulk.ts";
import type { Style } from "./command.ts";

/** What became of a refresh of many. */
export interface BulkRefresh {
  results: RefreshResult[];
  continued: Continuation | null;
  endedBy: Error | null;
  /** What was written already: nothing, lines for a person, or JSON lines. */
  written: "nothing" | "json-lines";
}

/** One result as JSON. */
export function describeResult(result: RefreshResult) {
  return { ...result, error: reportError(result.error) };
}

/** The JSON of a refresh of one or many. */
export function describeBulk(results: readonly RefreshResult[]) {
  return { results: results.map(describeResult), ...countOutcomes(results) };
}

/** The JSON of `refresh --all`. */
export function describeRun({ results, continued }: BulkRefresh) {
  const since = continued && { startedAt: formatInstant(continued.startedAt), done: continued.done };
  return { ...describeBulk(results), continued: since };
}

function countOutcomes(results: readonly RefreshResult[]) {
  const count = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
  return { refreshed: count("refreshed"), unchanged: count("unchanged"), failed: count("failed") };
}

/** One result as a line for a person. */
export function formatResult({ connection, outcome, error }: RefreshResult, style: Style): string {
  if (error) return `${style.red("✗")} ${connection}: ${describeFailure(error)}`;
  return `${style.green("✓")} ${connection}: ${outcome === "unchanged" ? "refreshed by another process" : outcome}`;
}

/** The end of the answer to a person; at a terminal, where a bar was seen meanwhile, with the results that tell something. */
export function formatRun({ results, continued }: BulkRefresh, style: Style): string {
  if (results.length === 0)
    return continued ? "Nothing further was refreshed." : "Nothing was refreshed: no connection fits.";
  const lines = style.isTerminal ? pickTelling(results).map((result) => formatResult(result, style)) : [];
  const { refreshed, unchanged, failed } = countOutcomes(results);
  const others = unchanged > 0 ? `, ${unchanged} refreshed by another process` : "";
  const before = continued ? `, ${continued.done} before` : "";
  return [...lines, `${refreshed} refreshed${others}${before}, ${failed} failed`].join("\n");
}

/** No store holds the tokens: what is not handed over here would be lost. */
export function describeGiven({ accessToken, refreshToken, ...times }: GivenRefresh) {
  const tokens = { accessToken: accessToken.reveal(), refreshToken: refreshToken.reveal(), ...times };
  return {
    results: [{ connection: null, outcome: "refreshed", error: null }],
    refreshed: 1,
    unchanged: 0,
    failed: 0,
    tokens,
  };
}
