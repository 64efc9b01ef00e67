/** The addresses that a fault can be aimed at. */
export const ENDPOINTS = [
  "discovery",
  "authorize",
  "token",
  "revoke",
  "jwks",
  "userinfo",
  "companyinfo",
  "query",
  "status",
] as const;

export type EndpointName = (typeof ENDPOINTS)[number];

export const FAULT_KINDS = [
  /** The service is down: nothing is processed. */
  "outage",
  /** Processed in full, then the connection is closed without an answer. */
  "lost-reply",
  /** The connection is closed and nothing was processed: to the client the same as a lost reply. */
  "dropped-request",
  /** Processed in full, then half of the answer. */
  "cut-reply",
  "throttle",
  /** Processed, answered late. */
  "slow",
  "html-error",
  "invalid-grant",
  "invalid-client",
  /** A body that a test chose, with status 200 unless it chose that too. */
  "garbage",
  "redirect",
  /** The person who consented is no longer an administrator of the company (401/120). */
  "not-admin",
  /** The company's subscription has ended (6190). */
  "subscription",
  /** The subscription has lapsed, or the company lives on another host (7001). */
  "subscription-lapsed",
  /** Wrong host or keys for the company (403/3100). */
  "environment-mismatch",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export const OUTAGE_FACES = ["empty", "html", "invalid-grant"] as const;

/** What shall go wrong, where, and how often. */
export interface Fault {
  kind: FaultKind;
  endpoints: readonly EndpointName[];
  /** Only requests that concern this company; `null` = all. */
  realmId: string | null;
  /** How many requests it still hits; `null` = until cleared. */
  remaining: number | null;
  /** `slow`: how late, in milliseconds. */
  delayMs: number;
  /** `outage`: what it looks like; Intuit warns that an outage may answer `invalid_grant`. */
  as: (typeof OUTAGE_FACES)[number];
  /** The HTTP status, where the kind leaves a choice; `null` = the kind's own. */
  status: number | null;
  body: string;
  contentType: string;
  location: string;
  /** `throttle`: the seconds of `Retry-After`; `null` = no such header. */
  retryAfterSeconds: number | null;
  /** Whether the status page speaks of it (outages only). */
  isAnnounced: boolean;
}

const API: readonly EndpointName[] = ["userinfo", "companyinfo", "query"];
const COMPANY_API: readonly EndpointName[] = ["companyinfo", "query"];
const TOKEN: readonly EndpointName[] = ["token"];
const WORK: readonly EndpointName[] = ["token", "revoke", ...API];

const DEFAULT_ENDPOINTS: Partial<Record<FaultKind, readonly EndpointName[]>> = {
  "invalid-grant": TOKEN,
  "invalid-client": TOKEN,
  "not-admin": COMPANY_API,
  subscription: COMPANY_API,
  "subscription-lapsed": COMPANY_API,
  "environment-mismatch": COMPANY_API,
};

/** The addresses that a name stands for: one, `api` or `all`; without a name those that the kind is about. */
export function resolveEndpoints(
  kind: FaultKind,
  name: EndpointName | "api" | "all" | undefined,
): readonly EndpointName[] {
  if (name === undefined) return DEFAULT_ENDPOINTS[kind] ?? WORK;
  if (name === "api") return API;
  return name === "all" ? ENDPOINTS : [name];
}

/** The faults that wait for a request, oldest first. */
export class FaultBook {
  #faults: Fault[] = [];

  add(fault: Fault): void {
    this.#faults.push({ ...fault });
  }

  /** Uses up one hit of the first fault that concerns this request. */
  take(endpoint: EndpointName, realmId: string | undefined): Fault | undefined {
    const fault = this.#faults.find(
      (candidate) =>
        candidate.endpoints.includes(endpoint) && (candidate.realmId === null || candidate.realmId === realmId),
    );
    if (fault === undefined || fault.remaining === null) return fault;
    fault.remaining -= 1;
    if (fault.remaining === 0) this.#faults = this.#faults.filter((candidate) => candidate !== fault);
    return fault;
  }

  /** Whether the status page has an incident to report. */
  hasAnnouncedOutage(): boolean {
    return this.#faults.some((fault) => fault.kind === "outage" && fault.isAnnounced);
  }

  all(): Fault[] {
    return this.#faults.map((fault) => ({ ...fault }));
  }

  clear(): void {
    this.#faults = [];
  }
}
