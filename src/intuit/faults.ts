import type { ErrorDetails } from "../core/errors.ts";
import type { HttpAnswer } from "../core/ports.ts";
import { makePrintable } from "../core/printable.ts";
import { redactForeign } from "../core/redaction.ts";
import { isObject, readIntuitTid, readJsonObject } from "../oauth/intuit-answer.ts";

/** One entry of a fault of Intuit's APIs. Its `detail` repeats token identifiers and is left out on purpose. */
export interface Fault {
  code: string;
  message: string;
  type: string | null;
}

/** The first fault of an answer in either of Intuit's two casings; `undefined` when it carries none. A 200 can carry one, too. */
export function readFault(answer: HttpAnswer): Fault | undefined {
  const body = readJsonObject(answer.body);
  const fault = body?.["Fault"] ?? body?.["fault"];
  if (!isObject(fault)) return undefined;
  const entries = fault["Error"] ?? fault["error"];
  const entry: unknown = Array.isArray(entries) ? entries[0] : undefined;
  const type = fault["type"];
  const shownType = typeof type === "string" ? makePrintable(type, 60) : null;
  if (!isObject(entry)) return { code: "", message: "", type: shownType };
  const text = (value: unknown) =>
    typeof value === "string" || typeof value === "number" ? makePrintable(redactForeign(String(value)), 200) : "";
  return {
    code: text(entry["code"]),
    message: text(entry["Message"] ?? entry["message"]),
    type: shownType,
  };
}

/** The evidence of a failed API answer for an error. */
export function describeFault(answer: HttpAnswer, fault: Fault | undefined): ErrorDetails {
  const tid = readIntuitTid(answer);
  return {
    httpStatus: answer.status,
    ...(fault?.code ? { intuitError: fault.code } : {}),
    ...(fault?.message ? { intuitErrorDescription: fault.message } : {}),
    ...(tid === null ? {} : { intuitTid: tid }),
  };
}
