import type { Clock } from "../../src/core/ports.ts";

/** Up to so many milliseconds, a sleep is over at once and moves the clock: nobody waits in tests. */
const longestNap = 10_000;

export interface MovingClock extends Clock {
  /** Moves the clock forward and wakes whoever has slept long enough. */
  advance(seconds: number): void;
  /** The milliseconds of every sleep, in order. */
  readonly sleeps: readonly number[];
}

interface Sleeper {
  at: number;
  wake(this: void): void;
}

/** The machine's time plus what tests add to it. Longer sleeps last until the clock is moved past them, or are ended. */
export function createMovingClock(): MovingClock {
  let offset = 0;
  const sleeps: number[] = [];
  const sleepers = new Set<Sleeper>();
  const now = () => Date.now() + offset;
  const move = (milliseconds: number) => {
    offset += milliseconds;
    for (const sleeper of [...sleepers].filter(({ at }) => at <= now())) sleeper.wake();
  };
  return {
    now,
    sleeps,
    advance: (seconds) => move(seconds * 1000),
    async sleep(milliseconds, until) {
      if (until?.aborted) return;
      sleeps.push(milliseconds);
      if (milliseconds <= longestNap) return move(milliseconds);
      await new Promise<void>((resolve) => {
        const sleeper = {
          at: now() + milliseconds,
          wake: () => {
            sleepers.delete(sleeper);
            until?.removeEventListener("abort", sleeper.wake);
            resolve();
          },
        };
        sleepers.add(sleeper);
        until?.addEventListener("abort", sleeper.wake, { once: true });
      });
    },
  };
}
