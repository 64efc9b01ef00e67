/** What a script learns from the exit code. The meaning of each is part of the contract with users. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 126 | 127 | 130;

/** Every error code, its exit code and what it tells. The only such table: help, docs and the program read it. */
export const errorTable = {
  UNEXPECTED: { exitCode: 1, meaning: "a defect in qbo" },
  USAGE: { exitCode: 2, meaning: "the command line is wrong" },
  AMBIGUOUS_CONNECTION: { exitCode: 2, meaning: "several connections fit and none was chosen" },
  INPUT_REQUIRED: { exitCode: 2, meaning: "a question would have to be asked and nobody is there to answer" },
  APP_NOT_CONFIGURED: { exitCode: 3, meaning: "no client ID or client secret is known for the environment" },
  CONFIG_INVALID: { exitCode: 3, meaning: "a setting, an environment variable or a configuration file is wrong" },
  NOT_CONNECTED: { exitCode: 4, meaning: "there is no such connection, or it was disconnected" },
  REFRESH_REJECTED: { exitCode: 4, meaning: "Intuit rejected the refresh token" },
  REFRESH_EXPIRED: { exitCode: 4, meaning: "the refresh token or its five-year limit has expired" },
  AUTHORIZATION_DENIED: { exitCode: 4, meaning: "the person did not give consent" },
  AUTHORIZATION_FAILED: { exitCode: 4, meaning: "the sign-in ended without usable tokens" },
  LOGIN_TIMED_OUT: { exitCode: 4, meaning: "no answer came back from the browser in time" },
  WRONG_COMPANY: { exitCode: 4, meaning: "consent was given for another company" },
  SCOPE_MISSING: { exitCode: 4, meaning: "the connection was never given the scope that this needs" },
  CLIENT_REJECTED: { exitCode: 5, meaning: "Intuit rejected the client ID or client secret" },
  INTUIT_REJECTED: { exitCode: 5, meaning: "Intuit refused the request" },
  INTUIT_UNEXPECTED_ANSWER: { exitCode: 5, meaning: "Intuit's answer could not be used" },
  INTUIT_UNREACHABLE: { exitCode: 6, meaning: "Intuit could not be reached, or did not answer in time" },
  INTUIT_BUSY: { exitCode: 6, meaning: "Intuit is throttling or out of order" },
  SERVICE_SUSPECT: { exitCode: 6, meaning: "many connections were rejected at once, which looks like an outage" },
  REFRESH_UNCONFIRMED: { exitCode: 6, meaning: "a refresh was sent and its answer was lost" },
  LOCK_TIMED_OUT: {
    exitCode: 6,
    meaning: "another process kept the connection busy for too long, or took it over while this one slept",
  },
  STORE_UNAVAILABLE: { exitCode: 7, meaning: "the store cannot be reached, so nothing can be known about its tokens" },
  STORE_CORRUPT: { exitCode: 7, meaning: "the store's record is missing, unreadable or sealed with another key" },
  FILES_UNAVAILABLE: { exitCode: 7, meaning: "a folder or file of qbo cannot be read or written" },
  CALLBACK_PORT_IN_USE: { exitCode: 7, meaning: "the port of the local callback server is taken" },
  CERTIFICATE_UNUSABLE: { exitCode: 7, meaning: "the certificate of the local callback server cannot be used" },
  EMULATOR_UNUSABLE: { exitCode: 7, meaning: "the local emulator could not be started" },
  PARTIAL_FAILURE: { exitCode: 8, meaning: "some of many failed; the report on stdout names each" },
  PROGRAM_NOT_RUNNABLE: { exitCode: 126, meaning: "the program that qbo exec was to run could not be started" },
  PROGRAM_NOT_FOUND: { exitCode: 127, meaning: "the program that qbo exec was to run does not exist" },
  CANCELLED: { exitCode: 130, meaning: "interrupted" },
} as const satisfies Record<string, { exitCode: ExitCode; meaning: string }>;

export type ErrorCode = keyof typeof errorTable;

/** Evidence that an error carries besides its sentence. All text in it is already printable. */
export interface ErrorDetails {
  connection?: string;
  httpStatus?: number;
  intuitError?: string;
  intuitErrorDescription?: string;
  intuitTid?: string;
  /** Why it came to this, in a sentence, as far as the evidence tells. */
  explanation?: string;
  /** Fingerprint of the refresh token that was sent. */
  sentFingerprint?: string;
  /** Seconds after which trying again makes sense. */
  retryAfter?: number;
  /** The store's server is away, as while it restarts: it may be back in a moment, and nothing is known until then. */
  isStoreAway?: true;
  /** New tokens that the store did not take lie in the second place. */
  isKeptAside?: true;
}

export interface QboErrorOptions {
  hint?: string;
  details?: ErrorDetails;
  cause?: unknown;
}

/** Every failure that a user can meet: one sentence, the exact next step as a hint, and a code that scripts rely on. */
export class QboError extends Error {
  override readonly name = "QboError";
  readonly code: ErrorCode;
  readonly hint: string | null;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: QboErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? null;
    this.details = options.details ?? {};
  }

  get exitCode(): ExitCode {
    return errorTable[this.code].exitCode;
  }

  /** The same error with further evidence; what it already names stays. */
  with(details: ErrorDetails): QboError {
    return new QboError(this.code, this.message, {
      ...(this.hint === null ? {} : { hint: this.hint }),
      details: { ...details, ...this.details },
      cause: this.cause,
    });
  }
}

/** The QboError that `error` is, or `undefined` for anything else. */
export function asQboError(error: unknown): QboError | undefined {
  return error instanceof QboError ? error : undefined;
}

/** Whether `error` is a QboError with one of `codes`. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is QboError {
  return error instanceof QboError && codes.includes(error.code);
}
