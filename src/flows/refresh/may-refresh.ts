import type { ConnectionFacts } from "../../core/connection.ts";
import { formatDuration } from "../../core/duration.ts";
import { QboError } from "../../core/errors.ts";
import { formatMoment, minute, second, type Instant } from "../../core/instant.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";

/** How long a rejection is believed before it is put to the test again: an outage may answer `invalid_grant`, too. */
const rejectionPatience = 10 * minute;

/** How long a refresh whose answer was lost is left to settle at Intuit. */
const unconfirmedPatience = 30 * second;

/**
 * Refuses a refresh that is known to be useless or harmful now.
 * @throws REFRESH_UNCONFIRMED within 30 s of a lost answer, REFRESH_REJECTED after a rejection since `askedAt`; unless forced:
 * REFRESH_REJECTED within 10 minutes of a rejection, REFRESH_EXPIRED once a recorded expiry has passed.
 */
export async function assertMayRefresh(
  world: Pick<World, "clock" | "facts">,
  facts: ConnectionFacts,
  stored: Tokens,
  { force, askedAt }: { force: boolean; askedAt: Instant },
): Promise<void> {
  const now = world.clock.now();
  const details = { connection: facts.name };
  const latest = (await world.facts.read(facts.name)) ?? facts;
  const lost = latest.lastRefresh;
  if (
    lost?.outcome === "unconfirmed" &&
    isRecent(lost.at, now, unconfirmedPatience) &&
    latest.tokens.generation >= stored.generation
  ) {
    const wait = Math.ceil((lost.at + unconfirmedPatience - now) / second);
    throw new QboError(
      "REFRESH_UNCONFIRMED",
      `The last refresh of ${facts.name} was sent and its answer was lost, ${formatDuration((now - lost.at) / second)} ago.`,
      {
        hint: `Try again in ${wait} s: the stored refresh token is then sent once more.`,
        details: { ...details, retryAfter: wait },
      },
    );
  }
  const { rejection } = latest;
  if (!force) assertNotExpired(latest, stored, now);
  if (rejection && (force ? rejection.at >= askedAt : isRecent(rejection.at, now, rejectionPatience))) {
    throw new QboError(
      "REFRESH_REJECTED",
      `Intuit rejected the refresh token of ${facts.name} at ${formatMoment(rejection.at)}. ${rejection.detail}`,
      {
        hint: `Sign in again: qbo login ${facts.name} (or try once more: qbo refresh ${facts.name})`,
        details: {
          ...details,
          intuitError: "invalid_grant",
          ...(rejection.intuitTid === null ? {} : { intuitTid: rejection.intuitTid }),
        },
      },
    );
  }
}

/** A moment in the future tells that the clock was set back, and nothing else. */
function isRecent(at: Instant, now: Instant, patience: number): boolean {
  return at <= now && now - at < patience;
}

function assertNotExpired(facts: ConnectionFacts, { refreshToken }: Tokens, now: number): void {
  const hint = `Sign in again: qbo login ${facts.name}`;
  const details = { connection: facts.name };
  if (refreshToken.hardExpiresAt !== null && refreshToken.hardExpiresAt <= now) {
    throw new QboError(
      "REFRESH_EXPIRED",
      `The consent behind ${facts.name} reached its five-year limit on ${formatMoment(refreshToken.hardExpiresAt)}.`,
      { hint, details },
    );
  }
  if (refreshToken.expiresAt !== null && refreshToken.expiresAt <= now) {
    throw new QboError(
      "REFRESH_EXPIRED",
      `The refresh token of ${facts.name} expired on ${formatMoment(refreshToken.expiresAt)}: it was not used for too long.`,
      { hint, details },
    );
  }
}
