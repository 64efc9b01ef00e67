import type { HttpAnswer, HttpRequest } from "../../core/ports.ts";
import { makePrintable } from "../../core/printable.ts";

/** Takes one line of the trace that `--debug` shows. */
export type HttpTrace = (line: string) => void;

/** The request without anything secret: no body, no values of headers or of the query, no user name in the address. */
export function describeRequest(request: HttpRequest): string {
  const names = Object.keys(request.headers).map((name) => name.toLowerCase());
  return `> ${request.method} ${redactAddress(request.url)} [${names.toSorted().join(", ")}]`;
}

/** Status and support evidence of an answer; nothing of its body. */
export function describeAnswer(answer: HttpAnswer, elapsedMs: number): string {
  const tid = answer.headers.intuit_tid;
  const evidence = tid === undefined ? "" : ` intuit_tid=${makePrintable(tid, 100)}`;
  return `< ${answer.status} in ${Math.round(elapsedMs)} ms${evidence} [${Object.keys(answer.headers).toSorted().join(", ")}]`;
}

export function describeTrouble(error: unknown, elapsedMs: number): string {
  const told = error instanceof Error ? `${error.name}: ${error.message}` : "failed";
  return `! ${makePrintable(told)} (after ${Math.round(elapsedMs)} ms)`;
}

function redactAddress(address: string): string {
  const { origin, pathname, searchParams } = new URL(address);
  const names = [...searchParams.keys()].map((name) => `${name}=…`);
  return makePrintable(names.length === 0 ? origin + pathname : `${origin}${pathname}?${names.join("&")}`);
}
