import type { ConnectionFacts, RefreshOutcome, TokenFacts } from "../../core/connection.ts";
import { day, formatInstant, formatOptionalInstant, second, secondsUntil, type Instant } from "../../core/instant.ts";
import { isFromFuture } from "../../core/tokens.ts";

export const connectionStates = ["ready", "stale", "expiring", "reconnect", "disconnected"] as const;
export type ConnectionState = (typeof connectionStates)[number];

/** A connection as `status` and others show it; the keys are part of the JSON contract. */
export interface ConnectionReport {
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
    hardExpiresAt: string | null;
  } | null;
  lastRefresh: { at: string; outcome: RefreshOutcome; intuitTid: string | null } | null;
  nextAction: string | null;
  /** The app that is configured by now, when it is another client than the one that made this connection; else null. */
  configuredClientId: string | null;
}

export interface ReportContext {
  now: Instant;
  defaultConnection: string | undefined;
  /** The client ID that is configured for the connection's app by now. */
  configuredClientId?: string | undefined;
  /** Seconds before an expiry from which a connection counts as expiring; 14 days unless given. */
  warnWithin?: number | undefined;
}

/** Time before an expiry from which a connection counts as expiring, in milliseconds. */
const expiringSoon = 14 * day;

/** What is known of a connection, in the shape that `status` shows. Nothing is unlocked or asked for it. */
export function reportConnection(facts: ConnectionFacts, context: ReportContext): ConnectionReport {
  const { now, warnWithin } = context;
  const state = judgeState(facts, now, warnWithin);
  const tokens = knowTimes(facts.tokens, now);
  const hasTokens = state !== "disconnected";
  return {
    id: facts.id,
    name: facts.name,
    environment: facts.environment,
    app: facts.app,
    clientId: facts.clientId,
    realmId: facts.realmId,
    companyName: facts.companyName,
    scopes: facts.scopes,
    store: facts.store,
    isDefault: context.defaultConnection === facts.name || context.defaultConnection === facts.realmId,
    connectedAt: formatInstant(facts.connectedAt),
    lastUsedAt: formatOptionalInstant(facts.lastUsedAt),
    state,
    accessToken:
      hasTokens && tokens.accessTokenExpiresAt !== null
        ? {
            expiresAt: formatInstant(tokens.accessTokenExpiresAt),
            expiresIn: secondsUntil(tokens.accessTokenExpiresAt, now),
          }
        : null,
    refreshToken: hasTokens
      ? {
          expiresAt: formatOptionalInstant(tokens.refreshTokenExpiresAt),
          expiresIn: tokens.refreshTokenExpiresAt === null ? null : secondsUntil(tokens.refreshTokenExpiresAt, now),
          rotatedAt: formatInstant(tokens.refreshTokenRotatedAt),
          hardExpiresAt: formatOptionalInstant(tokens.hardExpiresAt),
        }
      : null,
    lastRefresh: facts.lastRefresh && { ...facts.lastRefresh, at: formatInstant(facts.lastRefresh.at) },
    ...describeDuty(facts, state, context),
  };
}

/** What somebody should do about a connection, as a command, and the client that it should have. */
export function describeDuty(
  facts: ConnectionFacts,
  state: ConnectionState,
  { now, warnWithin, configuredClientId }: ReportContext,
): Pick<ConnectionReport, "nextAction" | "configuredClientId"> {
  const isOther = configuredClientId !== undefined && configuredClientId !== facts.clientId;
  return {
    nextAction: suggestAction(facts, state, now + toMargin(warnWithin)),
    configuredClientId: isOther ? configuredClientId : null,
  };
}

/** The first state that applies. `warnWithin` (seconds) says what counts as expiring: 14 days unless given. */
export function judgeState(facts: ConnectionFacts, now: Instant, warnWithin?: number): ConnectionState {
  const tokens = knowTimes(facts.tokens, now);
  const ends = earliestEnd(facts, now);
  if (facts.disconnectedAt !== null) return "disconnected";
  // Whether the tokens were stored before the interruption is not known here; the next use finds out.
  if (facts.isPending) return "reconnect";
  if (facts.rejection !== null || (ends !== null && ends <= now)) return "reconnect";
  if (ends !== null && ends - now < toMargin(warnWithin)) return "expiring";
  return tokens.accessTokenExpiresAt !== null && tokens.accessTokenExpiresAt > now ? "ready" : "stale";
}

function toMargin(warnWithin: number | undefined): number {
  return warnWithin === undefined ? expiringSoon : warnWithin * second;
}

/** Without the expiries where they were computed by a clock that has been set back since: nobody knows them. */
export function knowTimes(tokens: TokenFacts, now: Instant): TokenFacts {
  return isFromFuture(tokens.accessTokenReceivedAt, now)
    ? { ...tokens, accessTokenExpiresAt: null, refreshTokenExpiresAt: null, hardExpiresAt: null }
    : tokens;
}

/** When a person must sign in again at the latest; null when unknown. */
export function earliestEnd({ tokens }: ConnectionFacts, now: Instant): Instant | null {
  const { refreshTokenExpiresAt, hardExpiresAt } = knowTimes(tokens, now);
  const ends = [refreshTokenExpiresAt, hardExpiresAt].filter((end) => end !== null);
  return ends.length === 0 ? null : Math.min(...ends);
}

/** `horizon` is the moment until which an expiry counts as near. */
function suggestAction(facts: ConnectionFacts, state: ConnectionState, horizon: Instant): string | null {
  switch (state) {
    case "disconnected":
    case "reconnect":
      return `qbo login ${facts.name}`;
    case "expiring": {
      const { hardExpiresAt } = facts.tokens;
      return hardExpiresAt !== null && hardExpiresAt < horizon
        ? `qbo login ${facts.name}`
        : `qbo refresh ${facts.name}`;
    }
    case "stale":
    case "ready":
      return null;
  }
}
