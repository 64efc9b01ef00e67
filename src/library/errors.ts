import { QboError as CoreError } from "../core/errors.ts";

/** What happened, for a program. `qbo help exit-codes` tells what each code means; there may be more in later versions. */
export type ErrorCode =
  | "UNEXPECTED"
  | "USAGE"
  | "AMBIGUOUS_CONNECTION"
  | "INPUT_REQUIRED"
  | "APP_NOT_CONFIGURED"
  | "CONFIG_INVALID"
  | "NOT_CONNECTED"
  | "REFRESH_REJECTED"
  | "REFRESH_EXPIRED"
  | "AUTHORIZATION_DENIED"
  | "AUTHORIZATION_FAILED"
  | "LOGIN_TIMED_OUT"
  | "WRONG_COMPANY"
  | "SCOPE_MISSING"
  | "CLIENT_REJECTED"
  | "INTUIT_REJECTED"
  | "INTUIT_UNEXPECTED_ANSWER"
  | "INTUIT_UNREACHABLE"
  | "INTUIT_BUSY"
  | "SERVICE_SUSPECT"
  | "REFRESH_UNCONFIRMED"
  | "LOCK_TIMED_OUT"
  | "STORE_UNAVAILABLE"
  | "STORE_CORRUPT"
  | "FILES_UNAVAILABLE"
  | "CALLBACK_PORT_IN_USE"
  | "CERTIFICATE_UNUSABLE"
  | "EMULATOR_UNUSABLE"
  | "PARTIAL_FAILURE"
  | "PROGRAM_NOT_RUNNABLE"
  | "PROGRAM_NOT_FOUND"
  | "CANCELLED";

/** Evidence besides the sentence, without secrets. */
export interface ErrorDetails {
  connection?: string;
  httpStatus?: number;
  intuitError?: string;
  intuitErrorDescription?: string;
  /** What Intuit's support asks for. */
  intuitTid?: string;
  explanation?: string;
  sentFingerprint?: string;
  /** Seconds after which trying again makes sense. */
  retryAfter?: number;
}

/** Every failure that a user can meet. Rely on `code` and `exitCode`; the texts are for people. */
export interface QboError extends Error {
  readonly name: "QboError";
  readonly code: ErrorCode;
  /** What the program would exit with: 4 a person must sign in, 6 try later, 7 this machine… */
  readonly exitCode: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 126 | 127 | 130;
  /** What to do now, often the command to type. */
  readonly hint: string | null;
  readonly details: ErrorDetails;
}

/** The class itself, for `instanceof`, and for tests that need such an error. */
export interface QboErrorConstructor {
  new (
    code: ErrorCode,
    message: string,
    options?: { hint?: string; details?: ErrorDetails; cause?: unknown },
  ): QboError;
  readonly prototype: QboError;
}

export const QboError: QboErrorConstructor = CoreError;
