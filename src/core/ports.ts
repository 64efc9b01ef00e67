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
