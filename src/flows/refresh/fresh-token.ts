import type { ConnectionFacts } from "../../core/connection.ts";
import { hasCode, type QboError } from "../../core/errors.ts";
import { StaleGeneration } from "../../core/failures.ts";
import { formatDuration } from "../../core/duration.ts";
import { secondsUntil, type Instant } from "../../core/instant.ts";
import type { CredentialStore, HeldTokens } from "../../core/store-ports.ts";
import { isFresh, type Tokens } from "../../core/tokens.ts";
import { assertNotMoved, followMoves } from "../connections/connection-moved.ts";
import { explainLoss, loadTokens } from "./load-tokens.ts";
import { assertMayRefresh } from "./may-refresh.ts";
import { performRefresh, type RefreshDoors } from "./perform-refresh.ts";
import { markRejected } from "./rejection.ts";
import { recoverConsented } from "./rescue-consented.ts";
import { recoverRescued } from "./save-renewed.ts";

export interface FreshTokenRequest {
  /** Seconds that the token must be valid at least. */
  minValidity: number;
  /** Refresh even when the token is fresh, unless another process has done so since this one asked. */
  force: boolean;
  /** Whether a rejection is left for the caller to mark: who refreshes many must first know that it is no outage. */
  deferMark?: boolean;
  /** With `force`: the generation that is not enough any more, when that is not the stored one. */
  newerThan?: number;
  /** Answer at once, instead of waiting, while another process works on the connection. */
  leaveWhenBusy?: boolean;
  /** Told when Intuit has granted new tokens, before they are stored. */
  onGranted?(this: void): void;
  /** Hand out what is stored when Intuit cannot be asked and at least a minute remains. */
  allowLastMinute: boolean;
}

export interface FreshToken {
  tokens: Tokens;
  outcome: "refreshed" | "unchanged";
  /** Whether it is unchanged because another process was still at work on it (`leaveWhenBusy`). */
  wasBusy?: true;
}

/** Seconds that a token must still live to be handed out while Intuit cannot be asked. */
const lastMinute = 60;

/**
 * Tokens that are valid now: the only place that decides to refresh. Any number of processes at once cause one refresh: one holds the
 * connection, the others wait and leave with what it stored.
 */
export function getFreshToken(
  world: RefreshDoors,
  facts: ConnectionFacts,
  request: FreshTokenRequest,
): Promise<FreshToken> {
  return followMoves(facts, (current) => getTokenWhere(world, current, request));
}

async function getTokenWhere(
  world: RefreshDoors,
  facts: ConnectionFacts,
  request: FreshTokenRequest,
): Promise<FreshToken> {
  const store = await world.openStore(facts.store);
  await recoverConsented(world, store, facts);
  const stored = await loadTokens(world, store, facts);
  const overtaken = request.newerThan ?? stored.generation;
  const isEnough = (tokens: Tokens) =>
    request.force ? tokens.generation > overtaken : isFresh(tokens, world.clock.now(), request.minValidity);
  if (isEnough(stored)) return { tokens: stored, outcome: "unchanged" };
  const aim = { ...request, store, isEnough, askedAt: world.clock.now() };
  try {
    await assertMayRefresh(world, facts, stored, aim);
    return await refreshAlone(world, facts, aim);
  } catch (error) {
    if (!request.allowLastMinute || !isTransient(error) || !isFresh(stored, world.clock.now(), lastMinute)) throw error;
    const left = secondsUntil(stored.accessToken?.expiresAt ?? 0, world.clock.now());
    world.notices.warn(
      `${error.message} The stored access token is used instead; it expires in ${formatDuration(left)}.`,
    );
    return { tokens: stored, outcome: "unchanged" };
  }
}

interface Aim extends Pick<FreshTokenRequest, "force" | "deferMark" | "leaveWhenBusy" | "onGranted"> {
  store: CredentialStore;
  askedAt: Instant;
  isEnough: (tokens: Tokens) => boolean;
}

function refreshAlone(world: RefreshDoors, facts: ConnectionFacts, aim: Aim): Promise<FreshToken> {
  const { store, isEnough } = aim;
  return store.exclusively<FreshToken>(facts.id, (held) => refreshHeld(world, facts, held, aim), {
    leaveWith(current) {
      if (current && isEnough(current)) return { tokens: current, outcome: "unchanged" };
      return current && aim.leaveWhenBusy ? { tokens: current, outcome: "unchanged", wasBusy: true } : undefined;
    },
    announce: (holder) => world.notices.inform(`Waiting for ${holder}, which is working on ${facts.name}…`),
    signal: world.interruption,
  });
}

async function refreshHeld(
  world: RefreshDoors,
  facts: ConnectionFacts,
  held: HeldTokens,
  aim: Aim,
): Promise<FreshToken> {
  await assertNotMoved(world, facts);
  const loaded = await held.load();
  if (!loaded) throw await explainLoss(world, facts);
  const current = await recoverRescued(world, facts, held, loaded);
  if (aim.isEnough(current)) return { tokens: current, outcome: "unchanged" };
  // The holder that this one waited for may have met a rejection or a lost answer: that goes for everybody who waited.
  await assertMayRefresh(world, facts, current, aim);
  try {
    return {
      tokens: await performRefresh(world, facts, { held, current, onGranted: aim.onGranted }),
      outcome: "refreshed",
    };
  } catch (error) {
    if (hasCode(error, "REFRESH_REJECTED") && !aim.deferMark) await markRejected(world, facts, error);
    if (!(error instanceof StaleGeneration)) throw error;
    const winner = await held.load();
    if (!winner) throw await explainLoss(world, facts);
    return { tokens: winner, outcome: "unchanged" };
  }
}

function isTransient(error: unknown): error is QboError {
  return hasCode(error, "INTUIT_UNREACHABLE", "INTUIT_BUSY", "REFRESH_UNCONFIRMED", "LOCK_TIMED_OUT");
}
