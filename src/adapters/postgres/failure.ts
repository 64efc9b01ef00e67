import { asQboError, hasCode, QboError, type ErrorCode } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import { redact } from "../../core/redaction.ts";

/** The `code` of an error: an SQLSTATE (PostgreSQL manual, appendix A), or the system's or OpenSSL's word. */
function readCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Whether an error of the driver means that the connection is gone. A refused statement leaves it usable. */
export function isConnectionLost(error: unknown): boolean {
  const code = readCode(error);
  // Class 08 is about connections, 57P about a server that is shut down, 25P03 about a transaction that idled for too long.
  return !/^[0-9A-Z]{5}$/.test(code) || /^(08...|57P..|25P03)$/.test(code);
}

/** Whether nothing is known about what was asked last, because the server was lost: the error is one of `toTeamStoreError`. */
export function isServerLost(error: unknown): boolean {
  return hasCode(error, "STORE_UNAVAILABLE") && error.cause instanceof Error && isConnectionLost(error.cause);
}

/** Whether the server is only busy at the moment: too many connections, or still starting. */
export function isBusy(error: unknown): boolean {
  return ["53300", "57P03"].includes(readCode(error));
}

/**
 * Whether the server may be as it should in a moment: it is being restarted, or another one takes its place. What a person has to set right,
 * such as a certificate, is no such thing.
 */
function mayPass(error: unknown, explanation: Explanation | undefined): boolean {
  if (explanation?.isLasting === true) return false;
  return isConnectionLost(error) || isBusy(error) || readCode(error) === "25006";
}

interface Explanation {
  what: string;
  hint: string;
  code?: ErrorCode;
  /** Whether it stays so until a person sets something right, although no connection comes about. */
  isLasting?: true;
}

const askOwner =
  "Ask whoever owns the database to grant this role what it needs. For the owner, qbo store init --json lists the statements, under grants.";
const initialise = "Make them once, as the role that is to own them: qbo store init";
const lookAtServer = "Look after the server, then run the command again.";
const trustAuthority =
  "If an authority of your own signed the certificate, add sslrootcert=/path/to/ca.pem to the address (?sslrootcert=…).";

const explanations: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: {
    what: "cannot be reached: nothing listens there",
    hint: "Check host and port, and that the server runs.",
  },
  ENOENT: { what: "cannot be reached: there is no such socket", hint: "Check the folder of the socket and the port." },
  ENOTFOUND: { what: "cannot be reached: its host is not known", hint: "Check the host's name and the network." },
  EAI_AGAIN: { what: "cannot be reached: its host could not be looked up", hint: "Check the network, then try again." },
  "28P01": {
    what: "refused the password",
    hint: "Put the right one into QBO_STORE, PGPASSWORD or the file PGPASSFILE names.",
  },
  "28000": {
    what: "does not let this role in",
    hint: "Check the role's name; the server's pg_hba.conf says who may enter.",
  },
  "3D000": { what: "has no such database", hint: "Create it (createdb), then run: qbo store init" },
  "3F000": { what: "holds none of qbo's tables yet", hint: initialise },
  "42P01": { what: "holds none of qbo's tables yet", hint: initialise },
  "42501": { what: "denies this role what qbo needs", hint: askOwner },
  "23505": { what: "already holds a record of that name", hint: "Choose another name.", code: "USAGE" },
  "25006": { what: "is read-only", hint: "Use the address of the primary server, not that of a standby." },
  "53300": {
    what: "takes no more connections at the moment",
    hint: "Try again, or raise the server's max_connections.",
  },
  "53100": { what: "has no space left", hint: lookAtServer },
  "57P03": { what: "is starting or shutting down", hint: "Try again in a moment." },
  "55P03": {
    what: "kept a record locked for too long",
    hint: "Run the command again; if another process hangs, end it first.",
    code: "LOCK_TIMED_OUT",
  },
  "57014": { what: "took too long to answer", hint: lookAtServer },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    what: "shows a certificate for another host",
    hint: "Use the name in the certificate as the host of the address.",
    isLasting: true,
  },
  CERT_HAS_EXPIRED: {
    what: "shows a certificate that has expired",
    hint: "Renew the server's certificate.",
    isLasting: true,
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    what: "shows a certificate that nobody vouches for",
    hint: trustAuthority,
    isLasting: true,
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    what: "shows a certificate of an authority unknown here",
    hint: trustAuthority,
    isLasting: true,
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    what: "shows a certificate of an authority unknown here",
    hint: trustAuthority,
    isLasting: true,
  },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: {
    what: "shows a certificate of an authority unknown here",
    hint: trustAuthority,
    isLasting: true,
  },
};

/** What the driver says in words only. */
const sayings: readonly [RegExp, Explanation][] = [
  [
    /password must be a (?:non-empty )?string/,
    {
      what: "asks for a password, and none is given",
      hint: "Put it into QBO_STORE, PGPASSWORD or the file PGPASSFILE names.",
      isLasting: true,
    },
  ],
  [
    /does not support SSL/,
    {
      what: "offers no TLS",
      hint: "Switch TLS on at the server (ssl = on); without it qbo uses servers on this machine only.",
      isLasting: true,
    },
  ],
  [
    /timeout/i,
    { what: "did not answer in time", hint: "Check the network and the server, then run the command again." },
  ],
];

/** A failure of the database as an error for the user. STORE_UNAVAILABLE: nothing can be known now. */
export function toTeamStoreError(error: unknown, text: string): QboError {
  const known = asQboError(error);
  if (known) return known;
  const message = error instanceof Error ? error.message : String(error);
  const explanation = explanations[readCode(error)] ?? sayings.find(([pattern]) => pattern.test(message))?.[1];
  const {
    what,
    hint,
    code = "STORE_UNAVAILABLE",
  } = explanation ?? { what: `failed: ${makePrintable(redact(message), 200)}`, hint: lookAtServer };
  const isAway = code === "STORE_UNAVAILABLE" && mayPass(error, explanation);
  return new QboError(code, `The team store ${text} ${what}.`, {
    hint,
    ...(isAway ? { details: { isStoreAway: true } } : {}),
    cause: error,
  });
}
