import type { HttpRequest } from "../../core/http.ts";
import { makePrintable } from "../../core/printable.ts";
import { usage } from "./options.ts";

/** A call as the command line says it, before the connection is known. */
export interface ApiCall {
  path: string;
  method: HttpRequest["method"];
  headers: Record<string, string>;
  parameters: readonly (readonly [name: string, value: string])[];
  body: string | undefined;
}

export interface ApiWords {
  path: string;
  query: string | undefined;
  fields: readonly string[];
  method: HttpRequest["method"] | undefined;
  headers: readonly string[];
  hasInput: boolean;
}

/** Headers that are not the caller's to set: where the token goes, and how long the body is. */
const ownHeaders = new Set([
  "authorization",
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "cookie",
  "upgrade",
  "expect",
]);

/**
 * Puts a call together. Fields go into the JSON body, or into the query of a GET, which a call with --query is.
 * @throws USAGE.
 */
export function buildApiCall({ path, query, fields, method, headers, hasInput }: ApiWords): ApiCall {
  const isSent = hasInput || (fields.length > 0 && query === undefined);
  const chosen = method ?? (isSent ? "POST" : "GET");
  const pairs = fields.map((field) => splitPair(field, "=", "--field"));
  if (chosen === "GET" && hasInput) throw usage("A GET has no body, so --input is of no use to it.");
  const isBody = chosen !== "GET" && pairs.length > 0;
  const given = Object.fromEntries(headers.map(readHeader));
  return {
    path,
    method: chosen,
    headers: {
      accept: "application/json",
      ...(isBody || hasInput ? { "content-type": "application/json" } : {}),
      ...given,
    },
    parameters: [...(query === undefined ? [] : [["query", query] as const]), ...(isBody ? [] : pairs)],
    body: isBody ? JSON.stringify(Object.fromEntries(pairs)) : undefined,
  };
}

function splitPair(text: string, separator: string, option: string): [string, string] {
  const at = text.indexOf(separator);
  if (at < 1) throw usage(`${option} is ${makePrintable(text, 80)}; it must be of the form name${separator}value.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function readHeader(text: string): [string, string] {
  const [rawName, rawValue] = splitPair(text, ":", "--header");
  const name = rawName.trim().toLowerCase();
  const value = rawValue.trim();
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || !/^[\t\x20-\x7e]*$/.test(value))
    throw usage(`--header is ${makePrintable(text, 80)}, which is no header.`);
  if (ownHeaders.has(name)) throw usage(`The header ${name} is set by qbo itself.`);
  return [name, value];
}
