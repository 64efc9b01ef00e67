import type { ExitCode, QboError } from "../../core/errors.ts";

/** An error inside a report about many. */
export function reportError(error: QboError | null) {
  if (!error) return null;
  const { code, message, hint, exitCode, details } = error;
  return {
    code,
    message,
    hint,
    exitCode,
    httpStatus: details.httpStatus ?? null,
    intuitError: details.intuitError ?? null,
    intuitTid: details.intuitTid ?? null,
  };
}

interface BulkResult {
  error: QboError | null;
}

/** The exit code of a command about many: 8 when some failed; when all failed alike, their code. */
export function judgeBulk(results: readonly BulkResult[]): ExitCode {
  const codes = new Set(results.map(({ error }) => error?.exitCode ?? 0));
  const [only] = codes;
  return codes.size === 1 && only !== undefined ? only : codes.size === 0 ? 0 : 8;
}

/** The JSON of a bulk refresh. */
export function describeBulk(
  results: readonly { connection: string; outcome: "refreshed" | "unchanged" | "failed"; error: QboError | null }[],
) {
  const count = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
  return {
    results: results.map((result) => ({ ...result, error: reportError(result.error) })),
    refreshed: count("refreshed"),
    unchanged: count("unchanged"),
    failed: count("failed"),
  };
}
