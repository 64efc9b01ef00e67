import type { JsonFields } from "../http/json-fields.ts";
import type { App } from "./apps.ts";
import type { CodeRecord } from "./codes.ts";
import type { Company } from "./companies.ts";
import type { Grant } from "./grant.ts";
import type { Policy } from "./policy.ts";
import { changePolicy, DEFAULT_POLICY } from "./policy.ts";
import { exportSigningKey } from "./signing-key.ts";
import type { EmulatorState } from "./state.ts";

const SNAPSHOT_VERSION = 1;

/** What survives a restart. Faults and the request log do not. */
export interface Snapshot {
  version: typeof SNAPSHOT_VERSION;
  clockOffsetSeconds: number;
  signingKeyPem: string;
  policy: Policy;
  apps: App[];
  companies: Company[];
  codes: CodeRecord[];
  grants: Grant[];
}

/** The state as it is now, in plain data. It shares its objects with the state: write it down at once. */
export function takeSnapshot(state: EmulatorState): Snapshot {
  return {
    version: SNAPSHOT_VERSION,
    clockOffsetSeconds: state.clock.offsetSeconds(),
    signingKeyPem: exportSigningKey(state.setup.signingKey),
    policy: state.policy,
    apps: state.apps,
    companies: state.companies.all(),
    codes: state.codes.all(),
    grants: state.grants.all(),
  };
}

/** Takes up a snapshot. Redirect URIs are registered by every start anew. */
export function restoreSnapshot(state: EmulatorState, snapshot: Snapshot): void {
  state.clock.setOffset(snapshot.clockOffsetSeconds);
  state.policy = changePolicy(DEFAULT_POLICY, { ...snapshot.policy });
  state.apps = snapshot.apps;
  state.companies.replaceAll(snapshot.companies);
  state.codes.replaceAll(snapshot.codes);
  state.grants.replaceAll(snapshot.grants);
}

/** Whether this is a snapshot of this version, as far as restoring it relies on. */
export function isSnapshot(value: unknown): value is Snapshot {
  if (!isRecord(value) || value["version"] !== SNAPSHOT_VERSION) return false;
  return (
    Number.isInteger(value["clockOffsetSeconds"]) &&
    typeof value["signingKeyPem"] === "string" &&
    isRecord(value["policy"]) &&
    isListOf(value["apps"], ["clientId", "clientSecret", "name"]) &&
    isListOf(value["companies"], ["realmId", "companyName"]) &&
    isListOf(value["codes"], ["code", "clientId", "redirectUri"], ["scopes"]) &&
    isListOf(value["grants"], ["id", "clientId", "refreshToken"], ["scopes", "retired", "accessTokens"])
  );
}

function isListOf(value: unknown, strings: readonly string[], lists: readonly string[] = []): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (item: unknown) =>
        isRecord(item) &&
        strings.every((name) => typeof item[name] === "string") &&
        lists.every((name) => Array.isArray(item[name])),
    )
  );
}

function isRecord(value: unknown): value is JsonFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
