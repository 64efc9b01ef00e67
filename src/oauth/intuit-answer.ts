import type { ErrorDetails } from "../core/errors.ts";
import type { HttpAnswer } from "../core/http.ts";
import { isObject } from "../core/plain-object.ts";
import { makePrintable } from "../core/printable.ts";
import { redactForeign } from "../core/redaction.ts";

/** The value as an object, or `undefined`: what a JSON answer must be before anything in it is believed. */
export function readJsonObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    // Not JSON is an answer like any other here: the caller says what it makes of it.
    return undefined;
  }
}

/** Intuit's transaction ID, which its support asks for. */
export function readIntuitTid(answer: HttpAnswer): string | null {
  const tid = answer.headers["intuit_tid"];
  return tid ? makePrintable(tid, 100) : null;
}

/** What an OAuth answer says of its failure (RFC 6749, section 5.2), made safe to show. */
export function readErrorDetails(answer: HttpAnswer): ErrorDetails {
  const body = readJsonObject(answer.body);
  const tid = readIntuitTid(answer);
  const text = (value: unknown) =>
    typeof value === "string" && value !== "" ? makePrintable(redactForeign(value), 300) : undefined;
  const error = text(body?.["error"]);
  const description = text(body?.["error_description"]);
  return {
    httpStatus: answer.status,
    ...(error === undefined ? {} : { intuitError: error }),
    ...(description === undefined ? {} : { intuitErrorDescription: description }),
    ...(tid === null ? {} : { intuitTid: tid }),
  };
}

/** Seconds of a Retry-After header (RFC 9110, section 10.2.3) given in seconds; `undefined` for anything else. */
export function readRetryAfter(answer: HttpAnswer): number | undefined {
  const value = answer.headers["retry-after"];
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : undefined;
}
