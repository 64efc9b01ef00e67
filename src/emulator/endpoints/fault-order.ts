import { Buffer } from "node:buffer";
import type { Fault } from "../state/faults.ts";
import { ENDPOINTS, FAULT_KINDS, OUTAGE_FACES, resolveEndpoints } from "../state/faults.ts";
import type { JsonFields } from "../http/json-fields.ts";
import {
  readBoolean,
  readChoice,
  readInteger,
  readRealmId,
  readString,
  refuseUnknownFields,
  requireField,
} from "../http/json-fields.ts";
import { BadRequestError } from "../http/http-message.ts";

const KNOWN_FIELDS = [
  "kind",
  "count",
  "endpoint",
  "realmId",
  "ms",
  "as",
  "status",
  "body",
  "repeat",
  "contentType",
  "location",
  "retryAfter",
  "announced",
];
const DEFAULT_RETRY_AFTER_SECONDS = 60;
const LARGEST_BODY_BYTES = 64 * 1024 * 1024;

/** Reads the body of POST /_emulator/faults. Throws `BadRequestError`. */
export function readFaultOrder(fields: JsonFields): Fault {
  refuseUnknownFields(fields, KNOWN_FIELDS);
  const kind = requireField(readChoice(fields, "kind", FAULT_KINDS), "kind");
  const count = readInteger(fields, "count", { min: 0, max: 1_000_000 }) ?? 1;
  const retryAfter = readInteger(fields, "retryAfter", { min: -1, max: 1_000_000 }) ?? DEFAULT_RETRY_AFTER_SECONDS;
  return {
    kind,
    endpoints: resolveEndpoints(kind, readChoice(fields, "endpoint", [...ENDPOINTS, "api", "all"] as const)),
    realmId: readRealmId(fields) ?? null,
    remaining: count === 0 ? null : count,
    delayMs: readInteger(fields, "ms", { min: 0, max: 600_000 }) ?? 1000,
    as: readChoice(fields, "as", OUTAGE_FACES) ?? "empty",
    status: readInteger(fields, "status", { min: 200, max: 599 }) ?? null,
    body: readBody(fields),
    contentType: readHeaderValue(fields, "contentType") ?? "application/json",
    location: readHeaderValue(fields, "location") ?? "https://elsewhere.example.com/",
    retryAfterSeconds: retryAfter === -1 ? null : retryAfter,
    isAnnounced: readBoolean(fields, "announced") ?? true,
  };
}

function readBody(fields: JsonFields): string {
  const body = readString(fields, "body") ?? "";
  const repeat = readInteger(fields, "repeat", { min: 1, max: LARGEST_BODY_BYTES }) ?? 1;
  if (Buffer.byteLength(body) * repeat > LARGEST_BODY_BYTES)
    throw new BadRequestError("The repeated body is too large.");
  return body.repeat(repeat);
}

function readHeaderValue(fields: JsonFields, name: string): string | undefined {
  const value = readString(fields, name);
  // Anything else cannot be a header's value and would fail only when it is sent.
  if (value !== undefined && !/^[\x20-\x7e]+$/.test(value)) {
    throw new BadRequestError(`"${name}" must be printable ASCII.`);
  }
  return value;
}
