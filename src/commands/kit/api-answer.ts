import type { HttpAnswer } from "../../core/http.ts";
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

/** An answer of the API as JSON; what is no text, in base64. */
export function describeAnswer(answer: HttpAnswer) {
  const { status, headers, body, bytes } = answer;
  const head = { status, headers, intuitTid: readIntuitTid(answer) };
  if (bytes) return { ...head, bodyEncoding: "base64", body: Buffer.from(bytes).toString("base64") };
  const value = parse(body);
  return value === undefined ? { ...head, bodyEncoding: "text", body } : { ...head, bodyEncoding: "json", body: value };
}

/**
 * On a terminal JSON is laid out, and nothing in it can move the cursor; a pipe gets it as it came. Of what is no text, only what stands
 * before it.
 */
export function formatAnswer({ answer, include }: ShownAnswer, style: Style): string {
  const text = formatBody(answer, style);
  const head = include
    ? [`HTTP ${answer.status}`, ...Object.entries(answer.headers).map(([name, held]) => `${name}: ${held}`), ""]
    : [];
  const whole = [...head, ...(text === undefined ? [] : [text.trimEnd()])].join("\n");
  return style.isTerminal
    ? whole
        .split("\n")
        .map((line) => makePrintable(line, answerBytes))
        .join("\n")
    : whole;
}

function formatBody({ body, bytes, headers }: HttpAnswer, { isTerminal }: Style): string | undefined {
  if (bytes)
    return isTerminal
      ? `${headers["content-type"] ?? "No text"}, ${bytes.length} bytes, not shown. To keep them: qbo api … > file`
      : undefined;
  const value = isTerminal ? parse(body) : undefined;
  return value === undefined ? body : JSON.stringify(value, undefined, 2);
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    // Not every answer is JSON: XML and pages of a proxy are not. It is then shown as it came.
    return undefined;
  }
}
