import type { ClientRegistry } from "./client-registry.ts";
import type { ConfigFiles } from "./config.ts";
import type { ConnectionId } from "./connection.ts";
import type { ExitCode } from "./errors.ts";
import type { Instant } from "./instant.ts";
import type { Machine } from "./machine.ts";
import type { Browser, Clock, Notices, Prompter, Random, RunProgram, Surroundings } from "./ports.ts";
import type { CallbackServer } from "./callback-server.ts";
import type { Certificates } from "./certificates.ts";
import type { Http } from "./http.ts";
import type { Secret } from "./secret.ts";
import type { CredentialStore, FactsStore, Journal, Rekeying } from "./store-ports.ts";
import type { TrustStore } from "./trust.ts";
import type { StoreInit, StoreReseal } from "./team-store.ts";
import type { Updates } from "./updates.ts";

/** The second place for tokens whose save failed. What it keeps is sealed by whoever hands it over. */
export interface RescueFiles {
  /** Answers where it lies. */
  write(id: ConnectionId, sealed: string): Promise<string>;
  read(id: ConnectionId): Promise<string | undefined>;
  remove(id: ConnectionId): Promise<void>;
}

/**
 * Remembers when a run over many connections began, until it is finished, so that one that was cut short can be continued. What does not
 * name a usable moment counts as nothing.
 */
export interface UnfinishedRuns {
  read(selection: string): Promise<Instant | undefined>;
  write(selection: string, startedAt: Instant): Promise<void>;
  remove(selection: string): Promise<void>;
}

/** A sign-in that waits for its answer. What it holds is sealed by whoever hands it over. */
export interface PendingSignIn {
  expiresAt: Instant;
  sealed: string;
}

/**
 * Sign-ins that were started here and are finished by another process. They are found by their state, which is written down nowhere.
 * - `find` answers `undefined` for a state that nothing waits for; `isUsed` once it was claimed.
 * - `claim` answers whether this caller, and no other of any process, got it. `release` takes a claim back.
 * - `sweep` removes those that have expired.
 */
export interface PendingSignIns {
  add(state: string, pending: PendingSignIn): Promise<void>;
  find(state: string): Promise<(PendingSignIn & { isUsed: boolean }) | undefined>;
  claim(state: string): Promise<boolean>;
  release(state: string): Promise<void>;
  sweep(now: Instant): Promise<void>;
}

interface Platform {
  os: NodeJS.Platform;
  hostname: string;
  pid: number;
  version: string;
}

export interface DemoOptions {
  /** Whether a person consents in a browser, instead of the demo by itself. */
  browser: boolean;
  /** Tell nothing while it runs: the report is the answer. */
  isSilent: boolean;
}

/** What the demo needs of the process besides. */
export interface DemoSetting extends DemoOptions {
  version: string;
  interruption: AbortSignal;
}

/** What the demo did. */
export interface DemoReport {
  exitCode: ExitCode;
  steps: { title: string; command: string }[];
}

/**
 * Every door to the outside. Those that cost time to open are functions: `qbo token` with a valid token must load
 * neither the HTTP client nor the prompts.
 */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly random: Random;
  readonly notices: Notices;
  readonly prompter: Prompter;
  /** Aborted by SIGINT, SIGTERM or SIGHUP. Work that changes a token's life is finished first. */
  readonly interruption: AbortSignal;
  readonly configFiles: ConfigFiles;
  readonly facts: FactsStore;
  readonly journal: Journal;
  readonly clients: ClientRegistry;
  readonly rescue: RescueFiles;
  /** Throws CONFIG_INVALID for an unknown store. */
  openStore(name: string): Promise<CredentialStore>;
  /**
   * Prepares to seal the file store with another key; `undefined` when there is no such store yet. Throws CONFIG_INVALID for an unusable key,
   * STORE_UNAVAILABLE or STORE_CORRUPT when the present one cannot be had.
   */
  openRekeying(newKey: Secret): Promise<Rekeying | undefined>;
  /** Prepares the team store of this name for use. Throws USAGE for a store that needs no preparation. */
  initStore(name: string): Promise<StoreInit>;
  /** Seals the team store of this name with another key. Throws as `openRekeying`, and LOCK_TIMED_OUT. */
  resealTeamStore(name: string, newKey: Secret): Promise<StoreReseal>;
  http(): Promise<Http>;
  certificates(): Promise<Certificates>;
  callbackServer(): Promise<CallbackServer>;
  browser(): Promise<Browser>;
  machine(): Promise<Machine>;
  trustStore(): Promise<TrustStore>;
  unfinishedRuns(): Promise<UnfinishedRuns>;
  surroundings(): Promise<Surroundings>;
  pendingSignIns(): Promise<PendingSignIns>;
  updates(): Promise<Updates>;
  /** All of stdin, at most 1 MiB. */
  readStdin(): Promise<string>;
  /** A file that the user named, at most 1 MiB. */
  readFile(path: string): Promise<string>;
  runProgram: RunProgram;
  runDemo(options: DemoOptions): Promise<DemoReport>;
}
