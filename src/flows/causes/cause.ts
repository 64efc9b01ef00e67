import type { ExitCode } from "../../core/errors.ts";

/** How sure a cause is: `certain` when the evidence admits nothing else, `likely` when one cause stands out, `possible` when several remain. */
export const confidences = ["certain", "likely", "possible"] as const;
export type Confidence = (typeof confidences)[number];

/** What a cause is about, as far as it is known. */
export interface CauseSubject {
  /** Null while nothing is connected. */
  connection: string | null;
  realmId: string | null;
  environment: string | null;
  clientId: string | null;
  redirectUri: string | null;
}

/** Everything that is said about a cause: by the doctor, by errors and by the documentation. */
export interface Cause {
  /** When it shows: while a sign-in exchanges its code, when tokens are refreshed, or at any time. */
  when: "exchange" | "refresh" | "any";
  exitCode: ExitCode;
  /** The exit code once Intuit has rejected the refresh token, where that makes a difference. */
  exitCodeWhenRejected?: ExitCode;
  /** A clause that fits behind "Most likely". */
  summary(this: void, subject: CauseSubject): string;
  /** What to do, as a clause that a command may follow. */
  advice: string;
  /** The exact commands, in order; empty when the remedy is none of qbo's. */
  commands(this: void, subject: CauseSubject): string[];
  /** What a person meets. */
  symptom: string;
  /** What speaks for it. */
  evidence: string;
}

/** The command that signs in again, for what is known of the connection. */
export function loginCommand({ connection, environment }: CauseSubject): string {
  return connection === null ? `qbo login --env ${environment ?? "sandbox"}` : `qbo login ${connection}`;
}

/** The command that refreshes once more. */
export function refreshCommand({ connection }: CauseSubject): string {
  return `qbo refresh${connection === null ? "" : ` ${connection}`}`;
}

/** The command that asks again. */
export function doctorCommand({ connection, environment }: CauseSubject): string {
  return connection === null ? `qbo doctor --env ${environment ?? "sandbox"}` : `qbo doctor ${connection}`;
}
