import { QboError } from "../../core/errors.ts";
import { second } from "../../core/instant.ts";
import type { Clock, Random } from "../../core/ports.ts";
import type { LockWait } from "../../core/store-ports.ts";
import { withFile } from "../durable-file/file-failure.ts";
import type { LockFile, Sighting } from "./lock-file.ts";
import { describeHolder } from "./lock-record.ts";
import type { LockRecord } from "./lock-record.ts";
import type { ProcessIdentity } from "./process-life.ts";

const announceAfter = 2 * second;
const shortestPause = 25;
const longestPause = 250;

export interface LockWaitOptions {
  path: string;
  /** Where this process is: holders from the same place can be looked up. */
  here: Pick<LockRecord, "host" | "space">;
  clock: Clock;
  random: Random;
  isAlive: (holder: ProcessIdentity) => boolean;
  /** Milliseconds, as in `LockOptions`. */
  staleAfter: number;
  heartbeat: number;
  patience: number;
}

interface HolderWatch {
  isGone: (holder: Sighting) => boolean;
  pause: (milliseconds: number) => void;
}

/**
 * Judges holders. Without evidence that its process has ended, a holder is gone when its last sign of life is long past
 * *and* none came while this process was awake and looking: after a machine's sleep all signs are old, and whoever wakes
 * first must not take the lock from a holder that is about to go on. `pause` tells how long was looked since.
 */
function watchHolders({ clock, here, isAlive, staleAfter, heartbeat }: LockWaitOptions): HolderWatch {
  let watched = { owner: "", touchedAt: 0, awake: 0 };
  return {
    pause(milliseconds) {
      watched.awake += milliseconds;
    },
    isGone({ owner, touchedAt, record }) {
      if (owner !== watched.owner || touchedAt !== watched.touchedAt) watched = { owner, touchedAt, awake: 0 };
      const isFromHere = record?.host === here.host && record.space === here.space;
      if (isFromHere && !isAlive(record)) return true;
      return clock.now() - touchedAt > staleAfter && watched.awake >= 2 * heartbeat;
    },
  };
}

/**
 * Waits until the lock is taken, or until `wait.poll` has an answer, which is then answered.
 * Throws LOCK_TIMED_OUT, CANCELLED, FILES_UNAVAILABLE.
 */
export async function waitForLock<T>(
  file: LockFile,
  wait: LockWait<T>,
  options: LockWaitOptions,
): Promise<{ answer: T } | undefined> {
  const { path, clock, random, patience } = options;
  const watch = watchHolders(options);
  const began = clock.now();
  let isAnnounced = false;
  for (let pause = shortestPause; ; pause = Math.min(pause * 1.5, longestPause)) {
    if (wait.signal?.aborted) throw new QboError("CANCELLED", "Interrupted while waiting for another process.");
    const attempt = withFile(path, () => file.tryTake(watch.isGone));
    if (attempt.taken) return undefined;
    const answer = await wait.poll?.();
    if (answer !== undefined) return { answer };

    const waited = clock.now() - began;
    const holder = describeHolder(attempt.holder?.record);
    if (waited >= patience) throw timedOut(holder, waited);
    if (waited >= announceAfter && !isAnnounced) {
      isAnnounced = true;
      wait.announce?.(holder);
    }
    const jittered = pause * (0.75 + 0.5 * drawFraction(random));
    await clock.sleep(jittered, wait.signal);
    watch.pause(jittered);
  }
}

/** A number from 0 to 1. */
function drawFraction(random: Random): number {
  return (Buffer.from(random.token(1), "base64url")[0] ?? 0) / 255;
}

function timedOut(holder: string, waited: number): QboError {
  const seconds = Math.round(waited / second);
  return new QboError("LOCK_TIMED_OUT", `Waited ${seconds} s for ${holder}, which works on the same thing.`, {
    hint: "Run the command again; if that process hangs, end it first.",
  });
}
