import type { ErrorDetails } from "../core/errors.ts";
import type { HttpAnswer } from "../core/http.ts";
import { isObject } from "../core/plain-object.ts";
import { makePrintable } from "../core/printable.ts";
import { redactForeign } from "../core/redaction.ts";
import { readIntuitTid, readJsonObject } from "../oauth/intuit-answer.ts";

/** One entry of a fault of Intuit's APIs. */
export interface Fault {
  code: string;
  message: string;
  /** What exactly is wrong with a request. Empty for a refused token, whose identifier it would repeat. */
  detail: string;
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
  if (!isObject(entry)) return { code: "", message: "", detail: "", type: shownType };
  const text = (value: unknown) =>
    typeof value === "string" || typeof value === "number" ? makePrintable(redactForeign(String(value)), 200) : "";
  const isAboutToken = answer.status === 401 || answer.status === 403 || /^auth/i.test(shownType ?? "");
  return {
    code: text(entry["code"]),
    message: text(entry["Message"] ?? entry["message"]),
    detail: isAboutToken ? "" : text(entry["Detail"] ?? entry["detail"]),
    type: shownType,
  };
}

/** What a fault says, in one line: its message, and its detail unless that says no more. */
export function formatFault({ message, detail }: Fault): string {
  const said = message.replace(/[.:\s]+$/, "");
  if (said === "" || detail.startsWith(said)) return detail || said;
  return detail === "" ? said : `${said}: ${detail}`;
}

/** The evidence of a failed API answer for an error. */
export function describeFault(answer: HttpAnswer, fault: Fault | undefined): ErrorDetails {
  const tid = readIntuitTid(answer);
  const described = fault && formatFault(fault);
  return {
    httpStatus: answer.status,
    ...(fault?.code ? { intuitError: fault.code } : {}),
    ...(described ? { intuitErrorDescription: described } : {}),
    ...(tid === null ? {} : { intuitTid: tid }),
  };
}
