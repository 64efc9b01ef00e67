import type { ConnectionFacts } from "../../core/connection.ts";
import type { Environment } from "../../core/environment.ts";
import type { QboError } from "../../core/errors.ts";
import type { FailedPart } from "../../core/failures.ts";
import type { HttpAnswer } from "../../core/http.ts";
import type { JournalEvent } from "../../core/journal-event.ts";
import type { DamagedFacts } from "../../core/store-ports.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";
import type { AppConfig } from "../../core/config.ts";
import type { Settings } from "../settings.ts";
import type { CauseSubject } from "../causes/cause.ts";
import type { CheckResult } from "./check-result.ts";

/** The doors that checks may use. None of them consumes a code, rotates a token or revokes anything. */
export type DoctorDoors = Pick<
  World,
  | "env"
  | "platform"
  | "clock"
  | "interruption"
  | "configFiles"
  | "facts"
  | "clients"
  | "openStore"
  | "http"
  | "certificates"
  | "callbackServer"
  | "machine"
>;

/** Where an app's settings were found, before anything of them is believed. */
export interface AppSetting {
  name: string;
  clientId: string | null;
  /** As configured: perhaps no redirect URI that can be used. */
  redirectUri: string;
  scopes: readonly string[];
  own: AppConfig | undefined;
}

/** What came back for a request that changes nothing. */
export type Reply =
  | { kind: "answer"; answer: HttpAnswer; sentAt: number; receivedAt: number }
  | { kind: "unreachable"; reason: string; part: FailedPart };

/** One look at one connection, or at a machine that has none. What the doors told is asked for once and kept. */
export interface Examination {
  world: DoctorDoors;
  now: number;
  /** Undefined on a machine that is being set up. */
  facts: ConnectionFacts | undefined;
  /** Undefined when none was chosen, or when its addresses could not be had. */
  environment: Environment | undefined;
  settings: Settings;
  app: AppSetting | undefined;
  events: readonly JournalEvent[];
  /** Why the facts or the journal could not be read; undefined when they could. */
  trouble: QboError | undefined;
  /** Why the settings, or the environment of a sign-in, cannot be used; undefined when they can. */
  fault: QboError | undefined;
  /** All known connections. */
  known: readonly ConnectionFacts[];
  /** The connections whose records cannot be read. */
  damaged: readonly DamagedFacts[];
  isOffline: boolean;
  subject: CauseSubject;
  /** Whether Intuit has rejected the stored refresh token. */
  isRejected: boolean;
  /** The stored tokens; undefined when there are none. Throws what the store throws. */
  loadTokens(this: void): Promise<Tokens | undefined>;
  /** Sends a GET, with the stored access token when `isAuthorized`; each address once. */
  ask(this: void, url: string, isAuthorized?: boolean): Promise<Reply>;
  /** Milliseconds by which Intuit's clock is ahead of this machine's; undefined when it could not be asked. */
  measureSkew(this: void): Promise<number | undefined>;
  /** Does something for the whole run once, however many connections are looked at. */
  once<T>(this: void, key: string, work: () => Promise<T>): Promise<T>;
}

/** One thing that is looked at. */
export interface Check {
  id: string;
  title: string;
  /** What it looks at, for the documentation. */
  purpose: string;
  needsNetwork: boolean;
  run(this: void, examination: Examination): Promise<CheckResult>;
  /** Mends what is safe to mend; answers what was done, or undefined when there was nothing it could do. */
  mend?(this: void, examination: Examination): Promise<string | undefined>;
}
