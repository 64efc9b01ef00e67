import { formatDuration } from "../../core/duration.ts";
import { hasCode, QboError } from "../../core/errors.ts";
import { second } from "../../core/instant.ts";
import type { World } from "../../core/world.ts";

/** Pauses, without anything done in between, after which waiting on makes no sense. */
const mostPausesInRow = 5;
/** The longest wait, in seconds, that Intuit may ask for in the middle of a run. */
const longestPause = 300;

/** The pace of a run over many, which Intuit may slow down. */
export interface Pace {
  /** Milliseconds that nothing may be begun. */
  pauseLeft(): number;
  /** Lets all wait. The error tells that this would be too long, or was done too often. */
  slowDown(seconds: number): QboError | undefined;
  /** Something was taken again. */
  goOn(): void;
}

/** A pace that nothing slows down yet. */
export function createPace(world: Pick<World, "clock" | "notices">): Pace {
  let [until, inRow] = [0, 0];
  return {
    pauseLeft: () => until - world.clock.now(),
    goOn() {
      inRow = 0;
    },
    slowDown(seconds) {
      if (seconds > longestPause || inRow >= mostPausesInRow) return explainThrottle(seconds);
      const now = world.clock.now();
      // Several that were under way meet the same throttling: that is one pause.
      if (until <= now) {
        inRow += 1;
        world.notices.inform(`Intuit throttles requests; going on in ${formatDuration(seconds)}.`);
      }
      until = Math.max(until, now + seconds * second);
      return undefined;
    },
  };
}

/** The seconds to wait when Intuit throttles: a request that was answered so was provably not processed. */
export function readThrottle(error: QboError | null): number | undefined {
  if (!hasCode(error, "INTUIT_BUSY") || error.details.httpStatus !== 429) return undefined;
  return error.details.retryAfter ?? 60;
}

function explainThrottle(wait: number): QboError {
  return new QboError("INTUIT_BUSY", "Intuit goes on throttling requests, so the run was ended.", {
    hint: `Run the same command again in ${formatDuration(wait)}: it goes on with those that are left.`,
    details: { httpStatus: 429, retryAfter: wait },
  });
}
