import { join } from "node:path";
import { QboError as CoreError } from "./core/errors.ts";
import { createQbo } from "./library/create-qbo.ts";
import { prepareWorlds } from "./library/library-world.ts";

declare const __QBO_VERSION__: string;

/*
 * All that `import … from "qbo-cli"` gives. The types are written out here and refer to nothing else, because the declaration of this one
 * file is what the package holds. The compiler makes sure that they say the same as those they stand for.
 */

/** How connections are found, and who is told what. */
export interface QboOptions {
  /** Read as the program reads its environment: `QBO_CONNECTION`, `QBO_STORE_KEY`, `HTTPS_PROXY`… By default a copy of `process.env`. */
  env?: Readonly<Record<string, string | undefined>>;
  /** The folder of `config.json`, an absolute path; as `QBO_CONFIG_DIR`. */
  configDir?: string;
  /** The folder of everything that qbo writes for itself, an absolute path; as `QBO_STATE_DIR`. */
  stateDir?: string;
  /** As `QBO_STORE`. A connection's own store is recorded with it; of a shared store this gives the address. */
  store?: string;
  /** Cancels everything. */
  signal?: AbortSignal;
  /** Told what the program would say on stderr. It must not throw: what it throws is nobody's to catch. */
  onNotice?: (notice: Notice) => void;
}

export interface Notice {
  level: "info" | "warning";
  /** Without secrets. */
  text: string;
}

/** Which connections are meant. */
export interface Selection {
  /** As `--env`. */
  environment?: string;
  /** As `--app`. */
  app?: string;
}

export interface CallOptions extends Selection {
  /** Cancels this call. A refresh or a revocation that was sent is finished and kept all the same. */
  signal?: AbortSignal;
}

export interface ListOptions extends CallOptions {
  /** Only connections in one of these states. */
  states?: readonly ConnectionState[];
  /** Only connections that expire within so many seconds. */
  expiringWithin?: number;
  /** Seconds before its end from which a connection counts as expiring; 14 days by default. */
  warnWithin?: number;
}

export interface TokenOptions extends CallOptions {
  /** Seconds that the token must be valid at least: 0 to 3300; 300 by default, or what is configured. */
  minValidity?: number;
}

export interface RevokeOptions extends CallOptions {
  /** Do not ask Intuit: only disconnect here. */
  localOnly?: boolean;
  /** Also remove name, settings and history. */
  forget?: boolean;
}

export type ConnectionState = "ready" | "stale" | "expiring" | "reconnect" | "disconnected";

/** A connection as `qbo status --json` shows it. Times are ISO 8601 in UTC, durations whole seconds. */
export interface Connection {
  /** Environment, client ID and realm ID. A new name does not change it. */
  id: string;
  name: string;
  environment: string;
  app: string;
  clientId: string;
  realmId: string;
  companyName: string | null;
  scopes: string[];
  store: string;
  isDefault: boolean;
  connectedAt: string;
  lastUsedAt: string | null;
  state: ConnectionState;
  accessToken: { expiresAt: string; expiresIn: number } | null;
  refreshToken: {
    expiresAt: string | null;
    expiresIn: number | null;
    rotatedAt: string;
    /** The end of the consent; refreshing does not move it. */
    hardExpiresAt: string | null;
  } | null;
  lastRefresh: {
    at: string;
    outcome: "ok" | "rejected" | "unconfirmed" | "unreachable";
    intuitTid: string | null;
  } | null;
  /** The command that a person should type, if any. */
  nextAction: string | null;
  /** The client ID that the app has now, when it is not the one that made this connection. */
  configuredClientId: string | null;
}

/** An access token, as `qbo token --json` prints it. Keep it out of logs. */
export interface AccessToken {
  accessToken: string;
  tokenType: "bearer";
  expiresAt: string;
  /** Seconds. */
  expiresIn: number;
  /** The connection's name. */
  connection: string;
  realmId: string;
  environment: string;
  /** Where the accounting API of this environment is, without a slash at the end. */
  apiBaseUrl: string;
}

export interface Refreshed {
  /** The connection's name. */
  connection: string;
  /** `unchanged`: somebody else refreshed it after this call had begun. */
  outcome: "refreshed" | "unchanged";
}

export interface Revoked {
  /** The connection's name. */
  connection: string;
  /** What became of the tokens at Intuit. */
  remote: "revoked" | "already-dead" | "skipped";
  /** What became of the connection here. */
  local: "disconnected" | "removed";
}

/**
 * The connections of this machine. Everything rejects with a `QboError`. The connection is named by its name or realm ID; left out where
 * that is allowed, it is chosen as the program does: `QBO_CONNECTION`, the project's file, the default, the only one.
 */
export interface Qbo {
  /** All connections, the most urgent first; offline. Damaged records are told as notices. */
  listConnections(this: void, options?: ListOptions): Promise<Connection[]>;
  /** One connection as it stands; offline. Throws NOT_CONNECTED, AMBIGUOUS_CONNECTION. */
  status(this: void, connection?: string, options?: CallOptions): Promise<Connection>;
  /** An access token that is valid now, refreshed first if need be. However many ask at once, it is refreshed once. */
  getAccessToken(this: void, connection?: string, options?: TokenOptions): Promise<AccessToken>;
  /** Refreshes also a token that is still valid, and so prolongs the life of the refresh token. */
  refresh(this: void, connection?: string, options?: CallOptions): Promise<Refreshed>;
  /** Revokes at Intuit, then disconnects here. It cannot be undone and nobody is asked, so the connection must be named. */
  revoke(this: void, connection: string, options?: RevokeOptions): Promise<Revoked>;
  /** Cancels what waits and resolves when nothing is under way any more. Later calls are refused. */
  close(this: void): Promise<void>;
}

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

/**
 * Opens the connections of this machine. It never prompts, opens no browser, writes nothing to stdout or stderr and leaves signals and exit
 * code alone.
 * @throws QboError USAGE for options that there are not; CONFIG_INVALID when a folder is no absolute path, or the environment switches off TLS.
 */
export function openQbo(options: QboOptions = {}): Qbo {
  // The program lies beside the folder of this file, in the package as in the sources.
  const program = join(__dirname, "..", "bin", "qbo.js");
  return createQbo(prepareWorlds(options, { version: __QBO_VERSION__, program }), options.signal);
}
