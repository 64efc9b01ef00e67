import type { HttpAnswer } from "../../core/ports.ts";
import { makePrintable } from "../../core/printable.ts";
import { readIntuitTid } from "../../oauth/intuit-answer.ts";
import type { Style } from "./command.ts";

/** How long an answer may be. */
export const answerBytes = 64 * 1024 * 1024;

export interface ShownAnswer {
  answer: HttpAnswer;
  /** Whether status and headers are shown, too. */
  include: boolean;
}

/** An answer of the API as JSON. */
export function describeAnswer(answer: HttpAnswer) {
  const { status, headers, body } = answer;
  return { status, headers, intuitTid: readIntuitTid(answer), body: parse(body) ?? body };
}

/** On a terminal JSON is laid out, and nothing in it can move the cursor; a pipe gets the bytes as they came. */
export function formatAnswer({ answer, include }: ShownAnswer, style: Style): string {
  const value = style.isTerminal ? parse(answer.body) : undefined;
  const text = value === undefined ? answer.body : JSON.stringify(value, undefined, 2);
  const head = include
    ? [`HTTP ${answer.status}`, ...Object.entries(answer.headers).map(([name, held]) => `${name}: ${held}`), ""]
    : [];
  const whole = [...head, text.trimEnd()].join("\n");
  return style.isTerminal
    ? whole
        .split("\n")
        .map((line) => makePrintable(line, answerBytes))
        .join("\n")
    : whole;
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    // Not every answer is JSON: PDF, XML and pages of a proxy are not. It is then shown as it came.
    return undefined;
  }
}
