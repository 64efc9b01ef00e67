import type { Instant } from "./instant.ts";
import type { Secret } from "./secret.ts";

/** The time. `sleep` takes milliseconds and ends early, without an error, when `until` is aborted. */
export interface Clock {
  now(): Instant;
  sleep(milliseconds: number, until?: AbortSignal): Promise<void>;
}

/** Cryptographically strong randomness. */
export interface Random {
  /** `bytes` random bytes as base64url without padding. */
  token(bytes: number): string;
}

/** A program that takes the place of this one for a while. */
export interface ProgramRun {
  /** A path, or a name that is looked for in PATH. */
  program: string;
  args: readonly string[];
  /** Its whole environment. */
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * Runs a program, without a shell, on this process's own stdin, stdout and stderr. Until it ends, signals to this process are meant for it. Answers
 * its exit code; 128 + n when signal n ended it, as shells do. Throws PROGRAM_NOT_FOUND or PROGRAM_NOT_RUNNABLE.
 */
export type RunProgram = (this: void, run: ProgramRun) => Promise<number>;

export const httpMethods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export interface HttpRequest {
  method: (typeof httpMethods)[number];
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** PEM of the only certificate to accept; absent: the system's authorities. */
  pinnedCertificate?: string;
  /** Aborting is only for requests that change nothing. */
  signal?: AbortSignal;
  /** How many bytes the answer may have, when that is more than usual. */
  answerBytes?: number;
}

export interface HttpAnswer {
  status: number;
  /** Names in lower case; several values of one name are joined by a comma and a space. */
  headers: Record<string, string>;
  body: string;
  /** The body as it came, where it is no UTF-8 text: a PDF, say. `body` is of no use then. */
  bytes?: Uint8Array;
}

/**
 * Sends one request on a socket of its own and follows no redirect. Limits: connect 10 s, whole request 60 s, answer 1 MiB.
 * Throws `NotSent` when the server provably processed nothing (no connection, no TLS), `AnswerLost` otherwise.
 */
export interface Http {
  send(request: HttpRequest): Promise<HttpAnswer>;
}

/** Where the local callback server listens: never the same thing as the redirect URI that Intuit knows. */
export interface ListenAddress {
  scheme: "http" | "https";
  /** `localhost` means both loopback addresses. */
  host: string;
  port: number;
}

/** A leaf certificate with its key, in PEM. */
export interface ServerCertificate {
  /** The leaf; intermediates may follow. */
  certificatePem: string;
  keyPem: string;
  /** SHA-256 of the certificate as browsers show it: `AB:CD:…`. */
  fingerprint: string;
  expiresAt: Instant;
}

/** A certificate of the user's own, as named on the command line. */
export interface OwnCertificateFiles {
  /** PEM: the leaf first, then the intermediates. */
  certificateFile: string;
  /** PEM, not encrypted. */
  keyFile: string;
}

/** A note about which leaf was trusted, and in which stores. The stores themselves are the truth. */
export interface TrustRecord {
  fingerprint: string;
  stores: readonly string[];
}

/** The certificates that qbo makes for itself, on this machine, and those that it is given. */
export interface Certificates {
  /**
   * The leaf of the callback server; made or renewed when needed. One that is noted as trusted is never replaced here.
   * Throws CERTIFICATE_UNUSABLE, also when a trusted one has expired.
   */
  forCallback(): Promise<ServerCertificate>;
  /** A new leaf for the callback server, which lies nowhere yet. */
  makeForCallback(): Promise<ServerCertificate>;
  /** Puts this leaf in the place of the callback server's. Throws CERTIFICATE_UNUSABLE. */
  keepForCallback(leaf: ServerCertificate): Promise<void>;
  /** Undefined when no leaf was trusted, or when what stands there is no note. */
  readTrust(): Promise<TrustRecord | undefined>;
  /** Notes it, or forgets it. Throws FILES_UNAVAILABLE. */
  writeTrust(record: TrustRecord | undefined): Promise<void>;
  /** The user's own certificate, for a server that is called by `hostname`. Throws CERTIFICATE_UNUSABLE for whatever a browser would refuse. */
  readOwn(files: OwnCertificateFiles, hostname: string): Promise<ServerCertificate>;
  /** Whether the certificate in a file is for that name. Throws CERTIFICATE_UNUSABLE when it cannot be read. */
  covers(certificateFile: string, hostname: string): Promise<boolean>;
  /** The leaf of the emulator, made or renewed when needed. */
  forEmulator(): Promise<ServerCertificate>;
  /** PEM of the emulator's leaf for pinning; `undefined` when no emulator ever ran here. */
  readEmulatorCertificate(): Promise<string | undefined>;
}

/** One request to the callback server, as judged by `judge`. The URL is as it came: undecoded, hostile. */
export interface CallbackRequest {
  method: string;
  /** Path and query as sent. */
  target: string;
  /** Each Host header as sent. */
  hosts: readonly string[];
}

/** What becomes of a request. `ignored` gets a short answer and changes nothing. */
export type CallbackVerdict<A> =
  | { kind: "ignored"; status: 400 | 403 | 404 | 405 | 414; text: string }
  | { kind: "accepted"; response: A };

/** The last page that the person sees. All texts may be hostile: the page makes them inert. */
export type FinalPage =
  | { kind: "connected"; companyName: string | null; environment: string; connection: string }
  | { kind: "failed"; title: string; message: string; hint: string | null };

export interface RunningCallback<A> {
  /** The first accepted response. Later ones with the same request target get the same final page. */
  readonly response: Promise<A>;
  /** Shows the final page to the browser that called back, then closes the port: once it was served, or after 2 s. */
  finish(page: FinalPage): Promise<void>;
  /** Closes the port and every socket at once. */
  close(): Promise<void>;
}

export interface CallbackListenOptions<A> {
  address: ListenAddress;
  /** Null for plain http. */
  certificate: ServerCertificate | null;
  judge(request: CallbackRequest): CallbackVerdict<A>;
}

/** Opens the temporary server for the redirect. Throws CALLBACK_PORT_IN_USE, CERTIFICATE_UNUSABLE. */
export interface CallbackServer {
  listen<A>(options: CallbackListenOptions<A>): Promise<RunningCallback<A>>;
}

/** The one place that opens a browser. A failure is told, never thrown: the address was printed anyway. */
export interface Browser {
  open(url: string): Promise<{ opened: true } | { opened: false; reason: string }>;
}

/** Questions to the person at the terminal. `canAsk` is false without a terminal, with --no-input and in CI. */
export interface Prompter {
  readonly canAsk: boolean;
  askText(
    question: string,
    options?: { initial?: string; validate?: (answer: string) => true | string },
  ): Promise<string>;
  /** Without echo. */
  askSecret(question: string): Promise<Secret>;
  confirm(question: string): Promise<boolean>;
  choose(question: string, choices: readonly { value: string; label: string }[]): Promise<string>;
  /**
   * What the person pastes or types meanwhile, entry by entry, until `until` is aborted. None of it is shown on the screen. An entry
   * ends with the end of a paste, or with the Enter key; line breaks within a paste belong to it. Of an entry of more than 64 Ki
   * characters the rest is dropped. Ctrl-C interrupts the program as ever.
   */
  readEntries(until: AbortSignal): AsyncIterable<string>;
}

/** What can be seen of the place where the program runs: whether the person's browser is elsewhere. */
export interface Surroundings {
  isContainer: boolean;
  /** Linux under Windows. */
  isWsl: boolean;
}

/** What is told while work is under way, on stderr. `inform` is silenced by --quiet, `warn` never. */
export interface Notices {
  inform(text: string): void;
  warn(text: string): void;
  /** Shows that something is under way until the returned function is called; animated only on a terminal. */
  begin(text: string): () => void;
  /** Shows how far work on `total` things has come, until it ends; drawn only on a terminal, where nothing of it stays. */
  count(what: string, total: number): Progress;
}

/** How far work on many things has come, for a person who looks on. */
export interface Progress {
  /** One more is done. */
  advance(result: { isFailed: boolean }): void;
  end(): void;
}
