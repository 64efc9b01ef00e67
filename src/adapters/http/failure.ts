import { AnswerLost, NotSent, type FailedPart } from "../../core/failures.ts";
import { makePrintable } from "../../core/printable.ts";
import type { ExchangeFailed } from "./exchange.ts";
import { ProxyUnreachable } from "./route.ts";

/** OpenSSL's word for bytes that are no TLS at all: a page of a captive portal, or a proxy whose address says https where it means http. */
const noTls = "ERR_SSL_WRONG_VERSION_NUMBER";

/** Failure codes of Node, OpenSSL, undici and our own limits, in plain words. */
const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name is not known to DNS",
  EAI_AGAIN: "DNS did not answer",
  EAI_FAIL: "DNS failed",
  ECONNREFUSED: "the connection was refused",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "the network is down",
  ENETDOWN: "the network is down",
  ETIMEDOUT: "no connection came about in time",
  EADDRNOTAVAIL: "no connection could be opened from this machine",
  EACCES: "this machine does not allow the connection",
  EPERM: "this machine does not allow the connection",
  ECONNRESET: "the connection was cut",
  ECONNABORTED: "the connection was cut",
  EPIPE: "the connection was cut",
  EPROTO: "no TLS connection came about",
  [noTls]: "what answers there does not speak TLS",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet (is this machine's clock right?)",
  CERT_REVOKED: "its certificate was revoked",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not trusted",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate was issued by an authority that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate was issued by an authority that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate was issued by an authority that is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not trusted",
  CERT_SIGNATURE_FAILURE: "its certificate is not trusted",
  CERT_UNTRUSTED: "its certificate is not trusted",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate belongs to another name",
  ERR_TLS_HANDSHAKE_TIMEOUT: "no TLS connection came about in time",
  UND_ERR_CONNECT_TIMEOUT: "no connection came about in time",
  UND_ERR_SOCKET: "the connection was closed early",
  UND_ERR_HEADERS_OVERFLOW: "the header of the answer is too large",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the answer is incomplete",
  QBO_CONNECT_TIMEOUT: "no connection came about in time",
  QBO_REQUEST_TIMEOUT: "no complete answer came in time",
  QBO_ANSWER_TOO_LARGE: "the answer is too large to be used",
  QBO_SENT_TWICE: "the connection was cut",
};

/** What lies between this machine and the server. */
export interface FailedWay {
  /** Of the server. */
  host: string;
  /** The proxy's address without credentials; null for none. */
  proxy: string | null;
}

/**
 * The failure of an exchange in the words of the port. Whether the request can have been processed is decided by when
 * it failed and by nothing else; the reason in words is for people.
 */
export function describeFailure(failure: ExchangeFailed, { host, proxy }: FailedWay): Error {
  const { cause } = failure;
  if (findCode(cause) === "UND_ERR_INVALID_ARG") return failure; // A defect of ours, no failure of the network.
  if (failure.wasStarted) {
    return new AnswerLost(`The request was sent to ${host}, but its answer was lost: ${explain(cause)}.`, { cause });
  }
  if (proxy === null)
    return new NotSent(`${host} could not be reached: ${explain(cause)}.`, { cause, part: findPart(cause) });
  const told = `${host} could not be reached through the proxy ${proxy}`;
  if (cause instanceof ProxyUnreachable)
    return new NotSent(`${told}, because the proxy could not: ${explain(cause.cause)}.`, { cause, part: "proxy" });
  const status = readRefusal(cause);
  if (status !== undefined)
    return new NotSent(`${told}: it refused with status ${status}${explainRefusal(status)}.`, { cause, part: "proxy" });
  return new NotSent(`${told}: ${explain(cause)}.`, { cause, part: findPart(cause) });
}

/** The status with which a proxy refused the tunnel; undici tells it in the message alone. */
function readRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error) || findCode(error) !== "UND_ERR_ABORTED") return undefined;
  return /^Proxy response \((\d{3})\)/.exec(error.message)?.[1];
}

function explainRefusal(status: string): string {
  if (status === "407") return " (it wants a user name and a password, or other ones)";
  if (status === "403") return " (it does not allow this host)";
  return "";
}

function findPart(error: unknown): FailedPart {
  const code = findCode(error) ?? "";
  if (code === "ENOTFOUND" || code.startsWith("EAI_")) return "dns";
  if (code === noTls) return "connection";
  if (/SSL|TLS|CERT|SIGNATURE|EPROTO/.test(code)) return "tls";
  return code in reasons ? "connection" : "unknown";
}

/** The reason behind an error, by its code or by that of what caused it. */
function explain(error: unknown): string {
  const code = findCode(error);
  if (code === undefined) return "the cause has no name";
  return reasons[code] ?? explainFamily(code);
}

function explainFamily(code: string): string {
  if (code.startsWith("HPE_")) return "the answer is not HTTP";
  const printable = makePrintable(code, 60);
  if (/SSL|TLS/.test(code)) return `no TLS connection came about (${printable})`;
  return printable;
}

/** An attempt on several addresses is an AggregateError, whose first member stands for all. */
function findCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error.name === "HTTPParserError") return "HPE_INVALID";
  if (error instanceof AggregateError && error.errors.length > 0) return findCode(error.errors[0]);
  return findCode(error.cause);
}
