import type { IncomingHttpHeaders } from "node:http";

/** One request as the emulator received it, body and all. */
export interface ReceivedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What the emulator answers. Content-Length, Date and the marks of every answer are added when it is sent. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A request that makes no sense; its message goes to the sender with status 400. */
export class BadRequestError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BadRequestError";
  }
}

/** A JSON answer that nobody may cache. */
export function answerJson(status: number, value: unknown): Answer {
  return {
    status,
    headers: { "content-type": "application/json;charset=UTF-8", "cache-control": "no-cache, no-store" },
    body: JSON.stringify(value),
  };
}

/** An answer without a body. */
export function answerEmpty(status: number, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: "" };
}

/** A page that nobody may cache. */
export function answerHtml(status: number, body: string): Answer {
  return { status, headers: { "content-type": "text/html;charset=UTF-8", "cache-control": "no-store" }, body };
}

/** Sends the browser on. 302 after a form post becomes a GET in every browser. */
export function answerRedirect(location: string): Answer {
  return { status: 302, headers: { location, "cache-control": "no-store" }, body: "" };
}

/** The media type of a request without its parameters, lower case; empty when absent. */
export function readMediaType(request: ReceivedRequest): string {
  return (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** The token of an `Authorization: Bearer` header (RFC 6750, section 2.1), or `undefined`. */
export function readBearerToken(request: ReceivedRequest): string | undefined {
  return /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
}
