import { formatDuration } from "../../core/duration.ts";
import { asQboError, hasCode, QboError } from "../../core/errors.ts";
import { minute, second, type Instant } from "../../core/instant.ts";
import type { World } from "../../core/world.ts";

/** How long a run over many waits for a store whose server is away: a restart or a failover takes less. */
const patience = minute;
const firstPause = second / 2;
const longestPause = 5 * second;

/** What a run over many knows of its stores. Others may be in use at the same time: what one of them shows says nothing of another. */
export interface StoreOutages {
  /** Whether the store was away a moment ago, and none of its connections has shown yet that it is back. */
  isAway(store: string): boolean;
  /** Milliseconds that nothing of that store may be begun: without end once it has been away for too long. */
  pauseLeft(store: string): number;
  /** Notes what came of an attempt. Answers whether it is to be made again, once the store is back. */
  note(error: QboError | null, attempt: Attempt): boolean;
  /** What was said last by the store that was the first to be away for too long: nothing further of it may be begun. */
  end(): QboError | null;
}

/** An attempt at something in a store. */
interface Attempt {
  store: string;
  begunAt: Instant;
}

interface Outage {
  began: Instant;
  /** When the store may be tried again. */
  until: Instant;
  /** The next pause, in milliseconds. */
  pause: number;
}

/** One outage is announced once, however many items meet it. */
export function watchStores(world: Pick<World, "clock" | "notices">): StoreOutages {
  const outages = new Map<string, Outage>();
  let ending: QboError | null = null;

  const beginOutage = (store: string, began: Instant, reason: QboError) => {
    const outage = { began, until: began, pause: firstPause };
    outages.set(store, outage);
    world.notices.warn(`${reason.message} Waiting up to ${formatDuration(patience / second)} for it to come back.`);
    return outage;
  };
  const endOutage = (store: string) => {
    outages.delete(store);
    world.notices.inform("The store is back; going on.");
  };
  return {
    isAway: (store) => outages.has(store),
    pauseLeft: (store) => (outages.get(store)?.until ?? 0) - world.clock.now(),
    end: () => ending,
    note(error, { store, begunAt }) {
      const known = outages.get(store);
      if (!isAway(error)) {
        // What was begun before says nothing about now.
        if (known && begunAt > known.began && known.until !== Infinity) endOutage(store);
        return false;
      }
      const now = world.clock.now();
      const reason = asQboError(error.cause) ?? error;
      const outage = known ?? beginOutage(store, now, reason);
      if (now - outage.began >= patience) {
        ending ??= reason;
        outage.until = Infinity;
      } else if (outage.until <= now) {
        // Several that were under way meet the same outage: that is one pause.
        outage.until = now + outage.pause;
        outage.pause = Math.min(outage.pause * 2, longestPause);
      }
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
