import type { ConnectionFacts } from "../../core/connection.ts";
import { asQboError, hasCode, QboError } from "../../core/errors.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { HeldTokens } from "../../core/store-ports.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { Client } from "../../oauth/client.ts";
import { recordEvent, settle } from "../book-keeping.ts";
import { explainGivenFailure } from "../given-token.ts";
import type { Rejection } from "../many/rejection-row.ts";
import { followGrant, refreshAsClient } from "../refresh/perform-refresh.ts";
import { requestRefresh, type RefreshReply } from "../refresh/request-refresh.ts";
import { saveRenewed } from "../refresh/save-renewed.ts";
import { followTokens } from "../refresh/token-facts.ts";
import { isStillOf } from "./admit.ts";
import type { ImportDoors } from "./import-doors.ts";

/** The proof of a token by one refresh. */
export interface Proof {
  facts: ConnectionFacts;
  held: HeldTokens;
  client: Client;
  /** What the store holds. */
  stored: Tokens;
  /** Told of a rejection, which is for the caller to believe: it may be an outage's. */
  onRejection(this: void, rejection: GivenRejection): void;
  /** Told that Intuit granted new tokens, which are stored, or lie in the second place: the given one must not be sent again. */
  onGranted(this: void): void;
}

/** Intuit rejected a token that was brought in. */
export interface GivenRejection extends Rejection {
  /** Whether it is stored, so that the connection is marked once that is believed. */
  isStored: boolean;
}

/**
 * Refreshes the tokens that were stored a moment ago. Answers what came of it; `undefined` when nothing can be said, because Intuit did not
 * answer: the tokens stay as they came then, and a warning tells so.
 * @throws REFRESH_REJECTED, CLIENT_REJECTED and whatever else Intuit says. Nothing stored is taken away.
 */
export async function proveStored(
  world: ImportDoors,
  { facts, held, client, stored, onRejection, onGranted }: Proof,
): Promise<Tokens | undefined> {
  try {
    const renewed = await refreshAsClient(world, facts, { held, client, current: stored });
    onGranted();
    return renewed;
  } catch (error) {
    if (asQboError(error)?.details.isKeptAside) onGranted();
    if (hasCode(error, "REFRESH_REJECTED")) onRejection({ facts, error, isStored: true });
    if (!hasCode(error, "INTUIT_UNREACHABLE", "INTUIT_BUSY", "REFRESH_UNCONFIRMED")) throw error;
    world.notices.warn(
      `${error.message} ${facts.name} was imported, but its token is not proved. To prove it: qbo refresh ${facts.name}`,
    );
    return undefined;
  }
}

/**
 * Sends a given token and stores only what comes back for it, over what is stored: a token that may still be good must not give way to
 * one that is not.
 * @throws as a refresh of a given token; what is stored stays then.
 */
export async function replaceProved(
  world: ImportDoors,
  { facts, held, client, stored, onRejection, onGranted }: Proof,
  given: Tokens,
): Promise<Tokens> {
  const sent = fingerprint(given.refreshToken.secret);
  await recordEvent(world, facts.id, { event: "refresh-started", tokenBefore: sent });
  const reply = await requestRefresh(world, facts, client, given);
  if (reply.kind !== "granted") {
    const error = await noteFailure(world, facts, { reply, given });
    if (error.code === "REFRESH_REJECTED") onRejection({ facts, error, isStored: false });
    throw error;
  }
  onGranted();
  const renewed = { ...followGrant(given, reply.grant, world.clock.now()), generation: stored.generation + 1 };
  await saveRenewed(world, facts, held, { previous: stored, renewed });
  await settle(world, facts, async () => {
    const { intuitTid } = reply;
    const tokenBefore = fingerprint(stored.refreshToken.secret);
    const tokenAfter = fingerprint(renewed.refreshToken.secret);
    await recordEvent(world, facts.id, { event: "imported", outcome: "ok", tokenBefore, tokenAfter, intuitTid });
    const lastRefresh = { at: world.clock.now(), outcome: "ok", intuitTid } as const;
    await world.facts.update(facts.name, (latest) =>
      isStillOf(latest, facts) ? { ...followTokens(facts, renewed), lastRefresh } : latest,
    );
    await world.rescue.remove(facts.id);
  });
  return renewed;
}

async function noteFailure(
  world: ImportDoors,
  facts: ConnectionFacts,
  { reply, given }: { reply: Exclude<RefreshReply, { kind: "granted" }>; given: Tokens },
): Promise<QboError> {
  const error = explainReply(reply, given);
  await settle(world, facts, () =>
    recordEvent(world, facts.id, {
      event: "imported",
      outcome: reply.kind === "grant-rejected" ? "rejected" : "failed",
      tokenBefore: fingerprint(given.refreshToken.secret),
      intuitTid: error.details.intuitTid ?? null,
      detail: error.message,
    }),
  );
  const hint = [error.hint, `The token that ${facts.name} had stays as it is.`]
    .filter((part) => part !== null)
    .join(" ");
  return new QboError(error.code, error.message, { hint, details: { ...error.details, connection: facts.name } });
}

function explainReply(reply: Exclude<RefreshReply, { kind: "granted" }>, given: Tokens): QboError {
  if (reply.kind === "unreachable") return reply.error;
  if (reply.kind !== "lost") return explainGivenFailure(reply, given.refreshToken.secret);
  return new QboError("REFRESH_UNCONFIRMED", `The given token was sent, but the answer was lost: ${reply.reason}`, {
    hint: "Import it once more in 30 s.",
  });
}
