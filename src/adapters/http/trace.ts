import type { HttpAnswer, HttpRequest } from "../../core/http.ts";
import { makePrintable } from "../../core/printable.ts";
import { redactBody, redactHeader } from "../../core/redaction.ts";

/** Takes one piece of the trace that `--debug` shows: some lines that belong together. */
export type HttpTrace = (text: string) => void;

const shownCharacters = 2048;
/** Beyond this nothing is looked at: what is shown of it is less, and a server chooses how long its answer is. */
const readCharacters = 65_536;

/** A request before it is sent: method, address, headers, body; of secrets only that they are there. */
export function describeRequest(request: HttpRequest): string {
  return joinLines(`> ${nameRequest(request)}`, request);
}

/** An answer: status, duration and Intuit's own reference first, then headers and body as those of a request. */
export function describeAnswer(request: HttpRequest, answer: HttpAnswer, elapsedMs: number): string {
  const tid = answer.headers["intuit_tid"];
  const evidence = tid === undefined ? "" : ` intuit_tid=${makePrintable(redactHeader("intuit_tid", tid), 100)}`;
  const headline = `< ${answer.status} in ${Math.round(elapsedMs)} ms${evidence} (${nameRequest(request)})`;
  return joinLines(headline, answer);
}

/** A request to which no whole answer came. */
export function describeTrouble(request: HttpRequest, error: unknown, elapsedMs: number): string {
  const told = error instanceof Error ? `${error.name}: ${error.message}` : "failed";
  return `! ${tame(told)} (after ${Math.round(elapsedMs)} ms, ${nameRequest(request)})`;
}

function nameRequest({ method, url }: HttpRequest): string {
  const { origin, pathname, search } = new URL(url);
  return `${method} ${tame(`${origin}${pathname}${search}`)}`;
}

function joinLines(headline: string, { headers, body = "" }: Pick<HttpRequest, "headers" | "body">): string {
  const names = Object.keys(headers).toSorted();
  const fields = names.map((name) => makePrintable(`${name}: ${redactHeader(name, headers[name] ?? "")}`));
  const bodyLine = tame(body.slice(0, readCharacters).replaceAll(/\s+/g, " ").trim());
  return [headline, ...fields, ...(bodyLine === "" ? [] : [bodyLine])].join("\n    ");
}

function tame(text: string): string {
  return makePrintable(redactBody(text), shownCharacters);
}
