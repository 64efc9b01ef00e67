import { STATUS_CODES } from "node:http";
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { hashSource } from "../../core/html.ts";
import { makePrintable } from "../../core/printable.ts";
import { style } from "./style.ts";

/** What every answer carries: it loads nothing, is kept nowhere, is framed by nobody, and ends its connection. */
function commonHeaders(): Record<string, string> {
  return {
    "content-security-policy": [
      "default-src 'none'",
      `style-src '${hashSource(style)}'`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    connection: "close",
  };
}

/** A short plain answer for whoever is not the browser that we wait for. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  const body = `${makePrintable(text)}\n`;
  response.writeHead(status, {
    ...commonHeaders(),
    ...(status === 405 ? { allow: "GET" } : {}),
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

/** A page for the browser that called back. */
export function sendPage(response: ServerResponse, html: string): void {
  response.writeHead(200, {
    ...commonHeaders(),
    "content-type": "text/html; charset=utf-8",
    "content-length": Buffer.byteLength(html),
  });
  response.end(html);
}

/** Leads the browser, by GET, away from the address that carries the code (RFC 9110, section 15.4.4). */
export function sendRedirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { ...commonHeaders(), location, "content-length": 0 });
  response.end();
}

/** Answers what Node's parser refused: there is no request to answer, only a connection. Failed TLS gets no answer. */
export function refuseConnection(error: Error, connection: Duplex): void {
  const status = statusOf(error);
  if (status === undefined || !connection.writable) {
    connection.destroy();
    return;
  }
  const headers = Object.entries({ ...commonHeaders(), "content-length": "0" });
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  connection.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n`, () => connection.destroy());
}

function statusOf(error: Error): 400 | 408 | 431 | undefined {
  const code = "code" in error ? String(error.code) : "";
  if (code === "HPE_HEADER_OVERFLOW") return 431;
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return 408;
  return code.startsWith("HPE_") ? 400 : undefined;
}
