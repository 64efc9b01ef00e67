import { QboError, type ExitCode } from "../../core/errors.ts";

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

/** An error in one line of a report for people, with what to do about it. */
export function describeFailure({ message, hint }: QboError): string {
  return hint === null ? message : `${message} ${hint}`;
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

/** Where each result was a line of its own, nothing else on stdout tells that some failed: PARTIAL_FAILURE. */
export function explainPartialFailure(results: readonly BulkResult[]): QboError | null {
  if (judgeBulk(results) !== 8) return null;
  const failed = results.filter(({ error }) => error !== null).length;
  return new QboError("PARTIAL_FAILURE", `${failed} of ${results.length} connections failed.`, {
    hint: "Each line that has an error tells what to do.",
  });
}

/** How many lines of results a person at a terminal reads; of more, only the failures are shown. */
const mostLines = 20;

/** The results that a person at a terminal is to read. */
export function pickTelling<R extends BulkResult>(results: readonly R[]): readonly R[] {
  return results.length <= mostLines ? results : results.filter(({ error }) => error !== null);
}
