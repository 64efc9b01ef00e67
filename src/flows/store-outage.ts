import { formatDuration } from "../core/duration.ts";
import { asQboError, hasCode, QboError } from "../core/errors.ts";
import { minute, second, type Instant } from "../core/instant.ts";
import type { World } from "../core/world.ts";

/** How long a run over many waits for a store whose server is away: a restart or a failover takes less. */
const patience = minute;
const firstPause = second / 2;
const longestPause = 5 * second;

/** What a run over many knows of a store whose server is away. */
export interface StoreOutage {
  /** Milliseconds that nothing may be begun. */
  pauseLeft(): number;
  /** Whether the store was away a moment ago: one item at a time is enough to find out whether it is back. */
  isDoubtful(): boolean;
  /** Notes the outcome of an item that was begun at that time. Answers whether the item is to be begun again, once the store is back. */
  note(error: QboError | null, begunAt: Instant): boolean;
  /** What the store said last, once it has been away for too long: nothing further may be begun. */
  end(): QboError | null;
}

/** One outage is announced once, however many items meet it. */
export function watchStore(world: Pick<World, "clock" | "notices">): StoreOutage {
  let began: Instant | undefined;
  let [until, pause] = [0, firstPause];
  let ending: QboError | null = null;

  const goOn = () => {
    if (began === undefined) return;
    began = undefined;
    world.notices.inform("The store is back; going on.");
  };
  const beginOutage = (now: Instant, reason: QboError) => {
    [began, pause] = [now, firstPause];
    world.notices.warn(`${reason.message} Waiting up to ${formatDuration(patience / second)} for it to come back.`);
  };
  return {
    pauseLeft: () => until - world.clock.now(),
    isDoubtful: () => began !== undefined,
    end: () => ending,
    note(error, begunAt) {
      if (!isAway(error)) {
        // What was begun before says nothing about now.
        if (began !== undefined && begunAt > began) goOn();
        return false;
      }
      const now = world.clock.now();
      const reason = asQboError(error.cause) ?? error;
      if (began === undefined) beginOutage(now, reason);
      if (began !== undefined && now - began >= patience) ending = reason;
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
}

/** Why a run ended before everything was tried, when the store stayed away: STORE_UNAVAILABLE. */
export function explainStoreOutage(reason: QboError, { done, left, again }: Counts): QboError {
  const waited = formatDuration(patience / second);
  return new QboError(
    "STORE_UNAVAILABLE",
    `${reason.message} It stayed away for ${waited}, so the run was ended: ${done} of ${done + left} connections were worked through, ${left} were not tried.`,
    { hint: `When it is back, go on with those that are left: ${again}`, cause: reason },
  );
}
