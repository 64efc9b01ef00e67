import { formatInstant, type Instant } from "../core/instant.ts";
import { asQboError, QboError } from "../core/errors.ts";
import { makePrintable } from "../core/printable.ts";
import { wrapLines } from "../core/wrap-lines.ts";
import type { Style } from "../commands/kit/command.ts";

/** Any failure as one that a user can be told: what is no QboError is a defect. */
export function toUserError(error: unknown): QboError {
  const known = asQboError(error);
  if (known) return known;
  const what = makePrintable(error instanceof Error ? error.message : String(error), 300);
  return new QboError("UNEXPECTED", `Something unexpected happened: ${what}`, {
    hint: "This is a defect in qbo. Please report it with the output of the same command under --debug.",
    cause: error,
  });
}

/** The error as the last line of stderr for a script. */
export function formatErrorJson(error: QboError, now: Instant): string {
  const { code, message, hint, exitCode, details } = error;
  return JSON.stringify({
    error: {
      code,
      message,
      hint,
      exitCode,
      connection: details.connection ?? null,
      httpStatus: details.httpStatus ?? null,
      intuitError: details.intuitError ?? null,
      intuitErrorDescription: details.intuitErrorDescription ?? null,
      intuitTid: details.intuitTid ?? null,
      at: formatInstant(now),
    },
  });
}

/** The error for a person: what happened, what to do, and with --verbose the evidence. */
export function formatErrorText(error: QboError, style: Style, isVerbose: boolean): string {
  const { code, message, hint, details } = error;
  const evidence = [
    `code ${code}`,
    ...(details.httpStatus === undefined ? [] : [`status ${details.httpStatus}`]),
    ...(details.intuitError === undefined ? [] : [details.intuitError]),
    ...(details.intuitErrorDescription === undefined ? [] : [details.intuitErrorDescription]),
    ...(details.intuitTid === undefined ? [] : [`intuit_tid ${details.intuitTid}`]),
  ];
  const lines = [
    `${style.red("error:")} ${message}`,
    ...(hint === null ? [] : [`${style.cyan("hint:")}  ${hint}`]),
    ...(isVerbose ? [style.dim(evidence.join(" · "))] : []),
  ].join("\n");
  return style.isTerminal ? wrapLines(lines, style.columns) : lines;
}
