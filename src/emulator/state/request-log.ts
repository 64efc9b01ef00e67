import type { IncomingHttpHeaders } from "node:http";
import type { ReceivedRequest } from "../http/http-message.ts";
import { readMediaType } from "../http/http-message.ts";
import { fingerprint } from "./mint.ts";
import type { EndpointName, FaultKind } from "./faults.ts";

/** One received request, with every secret replaced by its fingerprint. */
export interface LoggedRequest {
  /** The emulator's time, ISO 8601. */
  at: string;
  endpoint: EndpointName | null;
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Record<string, string>;
  /** `null`: not answered, or not yet. */
  status: number | null;
  fault: FaultKind | null;
  intuitTid: string;
}

const LONGEST_LOG = 10_000;

/** Values that give nothing away. Every other value is shown as a fingerprint only. */
const HARMLESS_FIELDS: ReadonlySet<string> = new Set([
  "grant_type",
  "redirect_uri",
  "response_type",
  "scope",
  "client_id",
  "realmId",
  "decision",
  "minorversion",
  "query",
]);
const SECRET_HEADERS: ReadonlySet<string> = new Set(["cookie", "proxy-authorization", "referer"]);

/** What the emulator received, newest last; the oldest fall out. */
export class RequestLog {
  #entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): LoggedRequest {
    this.#entries.push(entry);
    if (this.#entries.length > LONGEST_LOG * 1.1) this.#entries = this.#entries.slice(-LONGEST_LOG);
    return entry;
  }

  all(): LoggedRequest[] {
    return this.#entries.slice(-LONGEST_LOG);
  }

  clear(): void {
    this.#entries = [];
  }
}

/** The loggable parts of a request. */
export function describeRequest(
  request: ReceivedRequest,
): Pick<LoggedRequest, "method" | "path" | "query" | "headers" | "body"> {
  return {
    method: request.method,
    path: request.path,
    query: maskFields(request.query),
    headers: maskHeaders(request.headers),
    body: maskBody(request),
  };
}

function maskFields(fields: Iterable<[string, string]>): Record<string, string> {
  return Object.fromEntries(
    [...fields].map(([name, value]) => [name, HARMLESS_FIELDS.has(name) ? value : fingerprint(value)]),
  );
}

function maskHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, maskHeader(name, [value ?? []].flat().join(", "))]),
  );
}

function maskHeader(name: string, value: string): string {
  if (SECRET_HEADERS.has(name)) return fingerprint(value);
  if (name !== "authorization") return value;
  const [scheme = "", ...rest] = value.split(" ");
  return rest.length === 0 ? fingerprint(value) : `${scheme} ${fingerprint(rest.join(" ").trim())}`;
}

function maskBody(request: ReceivedRequest): Record<string, string> {
  if (request.body === "") return {};
  if (readMediaType(request) === "application/x-www-form-urlencoded")
    return maskFields(new URLSearchParams(request.body));
  if (readMediaType(request) === "application/json") return maskJson(request.body);
  return { "(body)": fingerprint(request.body) };
}

function maskJson(body: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null) return { "(body)": fingerprint(body) };
    return maskFields(
      Object.entries(value).map(([name, field]) => [name, typeof field === "string" ? field : JSON.stringify(field)]),
    );
  } catch (cause) {
    if (cause instanceof SyntaxError) return { "(body)": fingerprint(body) };
    throw cause;
  }
}
