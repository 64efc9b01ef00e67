import type { App } from "./apps.ts";
import { WELL_KNOWN_APP } from "./apps.ts";
import type { EmulatorClock } from "./clock.ts";
import { createClock } from "./clock.ts";
import type { CodeBook } from "./codes.ts";
import { createCodeBook } from "./codes.ts";
import { CompanyBook } from "./companies.ts";
import { FaultBook } from "./faults.ts";
import { GrantBook } from "./grants.ts";
import type { Policy } from "./policy.ts";
import { DEFAULT_POLICY } from "./policy.ts";
import { RequestLog } from "./request-log.ts";
import type { SigningKey } from "./signing-key.ts";

/** What a test wants to know most often: how many requests of each sort had an effect. */
interface Counters {
  exchanges: number;
  refreshes: number;
  revocations: number;
  rejectedExchanges: number;
  rejectedRefreshes: number;
}

/** How the emulator was started; the same for its whole life. */
export interface Setup {
  companies: number;
  autoApprove: boolean | string;
  isProduction: boolean;
  redirectUris: readonly string[];
  signingKey: SigningKey;
}

/** Everything the emulator knows. Endpoints change it synchronously, so that requests cannot interleave. */
export interface EmulatorState {
  readonly setup: Setup;
  /** Without a trailing slash. Known once the port is. */
  baseUrl: string;
  readonly clock: EmulatorClock;
  policy: Readonly<Policy>;
  autoApprove: boolean | string;
  apps: App[];
  redirectUris: string[];
  readonly companies: CompanyBook;
  readonly codes: CodeBook;
  readonly grants: GrantBook;
  readonly faults: FaultBook;
  readonly requestLog: RequestLog;
  counters: Counters;
}

/** The state of an emulator that has just been started. */
export function createState(setup: Setup): EmulatorState {
  const clock = createClock();
  const state: EmulatorState = {
    setup,
    baseUrl: "",
    clock,
    policy: DEFAULT_POLICY,
    autoApprove: setup.autoApprove,
    apps: [],
    redirectUris: [],
    companies: new CompanyBook(),
    codes: createCodeBook(),
    grants: new GrantBook(clock, () => state.policy),
    faults: new FaultBook(),
    requestLog: new RequestLog(),
    counters: countNothing(),
  };
  resetState(state);
  return state;
}

/** Back to how it started. The signing key stays: clients cache it. */
export function resetState(state: EmulatorState): void {
  state.clock.setOffset(0);
  state.policy = DEFAULT_POLICY;
  state.autoApprove = state.setup.autoApprove;
  state.apps = [{ ...WELL_KNOWN_APP }];
  state.redirectUris = [...state.setup.redirectUris];
  state.companies.replaceAll([]);
  state.companies.invent(state.setup.companies);
  state.codes.replaceAll([]);
  state.grants.replaceAll([]);
  state.faults.clear();
  state.requestLog.clear();
  state.counters = countNothing();
}

/** The issuer of ID tokens, as the discovery document names it. */
export function findIssuer(state: EmulatorState): string {
  return `${state.baseUrl}/op/v1`;
}

function countNothing(): Counters {
  return { exchanges: 0, refreshes: 0, revocations: 0, rejectedExchanges: 0, rejectedRefreshes: 0 };
}
