import { formatDuration } from "../core/duration.ts";
import { asQboError, hasCode, QboError } from "../core/errors.ts";
import { minute, second, type Instant } from "../core/instant.ts";
import type { World } from "../core/world.ts";

/** How long a run over many waits for a store whose server is away: a restart or a failover takes less. */
const patience = minute;
const firstPause = second / 2;
const longestPause = 5 * second;

/** What a run over many knows of a store whose server is away. Others may be in use at the same time: a sign of life of one says nothing of another. */
export interface StoreOutage {
  /** The store that was away a moment ago, until one of its connections shows that it is back. */
  findAway(): string | undefined;
  /** Milliseconds that nothing of that store may be begun. */
  pauseLeft(): number;
  /** Notes what came of an attempt. Answers whether it is to be made again, once the store is back. */
  note(error: QboError | null, attempt: Attempt): boolean;
  /** What the store said last, once it has been away for too long: nothing further of it may be begun. */
  end(): QboError | null;
}

/** An attempt at something in a store. */
interface Attempt {
  store: string;
  begunAt: Instant;
}

/** One outage is announced once, however many items meet it. */
export function watchStores(world: Pick<World, "clock" | "notices">): StoreOutage {
  let outage: { store: string; began: Instant } | undefined;
  let [until, pause] = [0, firstPause];
  let ending: QboError | null = null;

  const beginOutage = (store: string, began: Instant, reason: QboError) => {
    outage = { store, began };
    pause = firstPause;
    world.notices.warn(`${reason.message} Waiting up to ${formatDuration(patience / second)} for it to come back.`);
    return outage;
  };
  const endOutage = () => {
    outage = undefined;
    world.notices.inform("The store is back; going on.");
  };
  return {
    findAway: () => outage?.store,
    pauseLeft: () => until - world.clock.now(),
    end: () => ending,
    note(error, { store, begunAt }) {
      if (!isAway(error)) {
        // What was begun before says nothing about now.
        if (outage?.store === store && begunAt > outage.began && ending === null) endOutage();
        return false;
      }
      const now = world.clock.now();
      const reason = asQboError(error.cause) ?? error;
      const { began } = outage ?? beginOutage(store, now, reason);
      if (now - began >= patience) ending = reason;
      // Several that were under way meet the same outage: that is one pause.
      if (until <= now) [until, pause] = [now + pause, Math.min(pause * 2, longestPause)];
      return true;
    },
  };
}

function isAway(error: QboError | null): error is QboError {
  return hasCode(error, "STORE_UNAVAILABLE") && error.details.isStoreAway === true;
}

interface Counts {
  done: number;
  left: number;
  /** The command that goes on. */
  again: string;
  /** What is counted. */
  of?: "entries";
}

/** Why a run ended before everything was tried, when the store stayed away: STORE_UNAVAILABLE. */
export function explainStoreOutage(reason: QboError, { done, left, again, of }: Counts): QboError {
  const waited = formatDuration(patience / second);
  return new QboError(
    "STORE_UNAVAILABLE",
    `${reason.message} It stayed away for ${waited}, so the run was ended: ${done} of ${done + left} ${of ?? "connections"} were worked through, ${left} were not tried.`,
    { hint: `When it is back, go on with those that are left: ${again}`, cause: reason },
  );
}
