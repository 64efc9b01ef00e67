import type { ErrorDetails } from "../core/errors.ts";
import type { HttpAnswer, HttpRequest } from "../core/http.ts";
import type { Secret } from "../core/secret.ts";
import { formatBasicAuthorization, type Client } from "./client.ts";
import { readErrorDetails, readIntuitTid, readRetryAfter } from "./intuit-answer.ts";

/** A revocation request. Intuit takes JSON where RFC 7009 has a form. */
export function buildRevocationRequest(endpoint: string, client: Client, token: Secret): HttpRequest {
  return {
    method: "POST",
    url: endpoint,
    headers: {
      accept: "application/json",
      authorization: formatBasicAuthorization(client),
      "content-type": "application/json",
    },
    body: JSON.stringify({ token: token.reveal() }),
  };
}

/** `dead-or-refused`: Intuit answers 400 alike for a token that is not alive and for wrong client keys. */
export type RevocationAnswer =
  | { kind: "revoked"; intuitTid: string | null }
  | { kind: "dead-or-refused"; details: ErrorDetails }
  | { kind: "client-rejected"; details: ErrorDetails }
  | { kind: "busy"; details: ErrorDetails }
  | { kind: "unusable"; details: ErrorDetails };

/** Judges the answer to a revocation request. */
export function readRevocationAnswer(answer: HttpAnswer): RevocationAnswer {
  const details = readErrorDetails(answer);
  if (answer.status === 200) return { kind: "revoked", intuitTid: readIntuitTid(answer) };
  if (details.intuitError === "invalid_client" || answer.status === 401) return { kind: "client-rejected", details };
  if (answer.status === 400) return { kind: "dead-or-refused", details };
  if (answer.status === 429 || answer.status >= 500) {
    const retryAfter = readRetryAfter(answer);
    return { kind: "busy", details: retryAfter === undefined ? details : { ...details, retryAfter } };
  }
  return { kind: "unusable", details };
}
