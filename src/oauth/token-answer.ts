import type { ErrorDetails } from "../core/errors.ts";
import type { HttpAnswer } from "../core/http.ts";
import type { Instant } from "../core/instant.ts";
import { Secret } from "../core/secret.ts";
import { readErrorDetails, readIntuitTid, readJsonObject, readRetryAfter } from "./intuit-answer.ts";

/** What a successful answer of the token endpoint brings. Times count from when the request was sent. */
export interface TokenGrant {
  accessToken: { secret: Secret; expiresAt: Instant; receivedAt: Instant };
  refreshToken: { secret: Secret; expiresAt: Instant; hardExpiresAt: Instant | null };
  idToken: Secret | null;
}

/** The judgement of a token endpoint's answer. `details` is printable evidence. */
export type TokenAnswer =
  | { kind: "granted"; grant: TokenGrant; intuitTid: string | null }
  | { kind: "grant-rejected"; details: ErrorDetails }
  | { kind: "client-rejected"; details: ErrorDetails }
  | { kind: "refused"; details: ErrorDetails }
  | { kind: "busy"; details: ErrorDetails }
  /** A gateway gave up waiting: the request may have been processed. */
  | { kind: "answer-lost"; details: ErrorDetails }
  /** Something came that is no token answer. `reason` says what is wrong with it, without its content. */
  | { kind: "unusable"; reason: string; details: ErrorDetails };

/** Judges an answer to an exchange or a refresh. Nothing of it is used unless all of it can be. */
export function readTokenAnswer(answer: HttpAnswer, sentAt: Instant): TokenAnswer {
  const details = readErrorDetails(answer);
  if (answer.status === 200) return readGrant(answer, sentAt, details);
  if (answer.status === 429 || answer.status === 500 || answer.status === 503) {
    const retryAfter = readRetryAfter(answer) ?? (answer.status === 429 ? 60 : undefined);
    return { kind: "busy", details: retryAfter === undefined ? details : { ...details, retryAfter } };
  }
  if (answer.status === 502 || answer.status === 504) return { kind: "answer-lost", details };
  if (details.intuitError === "invalid_grant") return { kind: "grant-rejected", details };
  if (details.intuitError === "invalid_client" || answer.status === 401) return { kind: "client-rejected", details };
  if (details.intuitError !== undefined) return { kind: "refused", details };
  return { kind: "unusable", reason: `status ${answer.status} without an OAuth error`, details };
}

function readGrant(answer: HttpAnswer, sentAt: Instant, details: ErrorDetails): TokenAnswer {
  const unusable = (reason: string): TokenAnswer => ({ kind: "unusable", reason, details });
  const body = readJsonObject(answer.body);
  if (!body) return unusable("the body is not a JSON object");
  const tokenType = body["token_type"];
  if (typeof tokenType !== "string" || tokenType.toLowerCase() !== "bearer")
    return unusable("token_type is not bearer");
  const accessToken = readToken(body["access_token"], 4096);
  if (!accessToken) return unusable("access_token is missing or malformed");
  const refreshToken = readToken(body["refresh_token"], 512);
  if (!refreshToken) return unusable("refresh_token is missing or malformed");
  const expiresIn = readSeconds(body["expires_in"]);
  if (expiresIn === undefined) return unusable("expires_in is missing or not a number of seconds");
  const refreshExpiresIn = readSeconds(body["x_refresh_token_expires_in"]);
  if (refreshExpiresIn === undefined)
    return unusable("x_refresh_token_expires_in is missing or not a number of seconds");
  const hardExpiresIn = readSeconds(body["x_refresh_token_hard_expires_in"]);
  return {
    kind: "granted",
    intuitTid: readIntuitTid(answer),
    grant: {
      accessToken: { secret: accessToken, expiresAt: sentAt + expiresIn * 1000, receivedAt: sentAt },
      refreshToken: {
        secret: refreshToken,
        expiresAt: sentAt + refreshExpiresIn * 1000,
        hardExpiresAt: hardExpiresIn === undefined ? null : sentAt + hardExpiresIn * 1000,
      },
      idToken: readToken(body["id_token"], 16_384) ?? null,
    },
  };
}

/** Tokens are visible ASCII (RFC 6749, appendix A); anything else could break a header or a terminal. */
function readToken(value: unknown, longest: number): Secret | undefined {
  return typeof value === "string" && value.length <= longest && /^[\x21-\x7e]+$/.test(value)
    ? new Secret(value)
    : undefined;
}

/** Intuit has sent numbers as strings, too. Ten years is beyond anything that it issues. */
function readSeconds(value: unknown): number | undefined {
  const seconds = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof seconds === "number" && Number.isInteger(seconds) && seconds > 0 && seconds < 315_360_000
    ? seconds
    : undefined;
}
