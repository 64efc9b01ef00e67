import type { ConnectionFacts } from "../core/connection.ts";
import { hasCode, type QboError } from "../core/errors.ts";
import { StaleGeneration } from "../core/failures.ts";
import { formatDuration } from "../core/duration.ts";
import { secondsUntil } from "../core/instant.ts";
import type { CredentialStore, HeldTokens } from "../core/store-ports.ts";
import { isFresh, type Tokens } from "../core/tokens.ts";
import { explainLoss, loadTokens } from "./load-tokens.ts";
import { assertMayRefresh } from "./may-refresh.ts";
import { performRefresh, type RefreshDoors } from "./perform-refresh.ts";
import { markRejected } from "./rejection.ts";
import { recoverRescued } from "./save-renewed.ts";

export interface FreshTokenRequest {
  /** Seconds that the token must be valid at least. */
  minValidity: number;
  /** Refresh even when the token is fresh, unless another process has done so since this one asked. */
  force: boolean;
  /** Whether a rejection is left for the caller to mark: who refreshes many must first know that it is no outage. */
  deferMark?: boolean;
  /** Hand out what is stored when Intuit cannot be asked and at least a minute remains. */
  allowLastMinute: boolean;
}

export interface FreshToken {
  tokens: Tokens;
  outcome: "refreshed" | "unchanged";
}

/** Seconds that a token must still live to be handed out while Intuit cannot be asked. */
const lastMinute = 60;

/**
 * Tokens that are valid now: the only place that decides to refresh. Any number of processes at once cause one refresh: one holds the
 * connection, the others wait and leave with what it stored.
 */
export async function getFreshToken(
  world: RefreshDoors,
  facts: ConnectionFacts,
  request: FreshTokenRequest,
): Promise<FreshToken> {
  const store = await world.openStore(facts.store);
  const stored = await loadTokens(world, store, facts);
  const isEnough = (tokens: Tokens) =>
    request.force ? tokens.generation > stored.generation : isFresh(tokens, world.clock.now(), request.minValidity);
  if (isEnough(stored)) return { tokens: stored, outcome: "unchanged" };
  try {
    await assertMayRefresh(world, facts, stored, request);
    return await refreshAlone(world, facts, { store, isEnough });
  } catch (error) {
    if (hasCode(error, "REFRESH_REJECTED") && error.details.httpStatus !== undefined && !request.deferMark) {
      await markRejected(world, facts, error);
    }
    if (!request.allowLastMinute || !isTransient(error) || !isFresh(stored, world.clock.now(), lastMinute)) throw error;
    const left = secondsUntil(stored.accessToken?.expiresAt ?? 0, world.clock.now());
    world.notices.warn(
      `${error.message} The stored access token is used instead; it expires in ${formatDuration(left)}.`,
    );
    return { tokens: stored, outcome: "unchanged" };
  }
}

interface Aim {
  store: CredentialStore;
  isEnough: (tokens: Tokens) => boolean;
}

function refreshAlone(world: RefreshDoors, facts: ConnectionFacts, { store, isEnough }: Aim): Promise<FreshToken> {
  return store.exclusively<FreshToken>(facts.id, (held) => refreshHeld(world, facts, { held, isEnough }), {
    leaveWith: (current) => (current && isEnough(current) ? { tokens: current, outcome: "unchanged" } : undefined),
    announce: (holder) => world.notices.inform(`Waiting for ${holder}, which is working on ${facts.name}…`),
    signal: world.interruption,
  });
}

async function refreshHeld(
  world: RefreshDoors,
  facts: ConnectionFacts,
  { held, isEnough }: { held: HeldTokens; isEnough: Aim["isEnough"] },
): Promise<FreshToken> {
  const loaded = await held.load();
  if (!loaded) throw await explainLoss(world, facts);
  const current = await recoverRescued(world, facts, held, loaded);
  if (isEnough(current)) return { tokens: current, outcome: "unchanged" };
  try {
    return { tokens: await performRefresh(world, facts, held, current), outcome: "refreshed" };
  } catch (error) {
    if (!(error instanceof StaleGeneration)) throw error;
    const winner = await held.load();
    if (!winner) throw await explainLoss(world, facts);
    return { tokens: winner, outcome: "unchanged" };
  }
}

function isTransient(error: unknown): error is QboError {
  return hasCode(error, "INTUIT_UNREACHABLE", "INTUIT_BUSY", "REFRESH_UNCONFIRMED", "LOCK_TIMED_OUT");
}
