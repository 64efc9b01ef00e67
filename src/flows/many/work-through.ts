import { hasCode, QboError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import { createCrew, type Turn } from "./crew.ts";
import { createPace, readThrottle, type Pace } from "./pace.ts";
import { watchStores, type StoreOutages } from "./store-outage.ts";

/** How often an item is tried again that Intuit would not take because it throttles. */
const mostRetries = 3;

export interface WorkOptions<T, R> {
  /** How many turns at a time. */
  concurrency: number;
  /** The store that an item is in. */
  storeOf(this: void, item: T): string;
  /** It takes its turn before it asks Intuit, and may pass it on when only work for this machine is left. */
  work(this: void, item: T, turn: Turn): Promise<R>;
  /** Told of each result as it comes, but for those of items that are tried again or were not begun. */
  keep(this: void, result: R, item: T): void | Promise<void>;
  /** Whether an item whose store was away can be begun again from its start; every one can unless this says otherwise. */
  isRepeatable?(this: void, result: R): boolean;
  /** Whether the item is to be tried again after all others. Its result is not kept. */
  isPutOff?(this: void, result: R): boolean;
  /** Whether the item may not be begun for now; asked again when something under way has ended. */
  isHeld?(this: void, item: T): boolean;
}

/** What a run over many left undone. */
export interface WorkEnd<T> {
  left: T[];
  /** Why it ended early: CANCELLED, INTUIT_BUSY, a defect; null when everything was done but what `isHeld` kept back. */
  endedBy: Error | null;
  /** What the store said last when its server stayed away, which ended the run, too; else null. */
  storeAway: QboError | null;
}

/**
 * Works through items, so many at a time. An answer that says to slow down (429) makes all wait and is tried again, within limits. Items in a
 * store whose server is away wait until it is back: one at a time finds that out. What is under way when the run ends is finished.
 */
export async function workThrough<T, R extends { error: QboError | null }>(
  world: Pick<World, "clock" | "interruption" | "notices">,
  items: readonly T[],
  options: WorkOptions<T, R>,
): Promise<WorkEnd<T>> {
  const { concurrency, storeOf } = options;
  const queue = [...items];
  let endedBy: Error | null = null;
  const pace = createPace(world);
  const stores = watchStores(world);
  const attempt = createAttempt({ pace, stores, clock: world.clock }, options);
  const crew = createCrew<T>(concurrency, async (item, turn) => {
    try {
      const { isDone, isPutOff, reason } = await attempt(item, turn);
      if (isPutOff) queue.push(item);
      else if (!isDone) queue.unshift(item);
      endedBy ??= reason;
    } catch (error) {
      endedBy ??= asError(error);
    }
  });
  const mayGoOn = () => endedBy === null && !world.interruption.aborted;
  const pauseOf = (item: T) => {
    if (options.isHeld?.(item) === true) return Infinity;
    return stores.isAway(storeOf(item)) ? stores.pauseLeft(storeOf(item)) : 0;
  };
  /** Whether it may be begun: in a store that is away, one item at a time finds out whether it is back. */
  const isOpen = (item: T) =>
    pauseOf(item) <= 0 &&
    !(stores.isAway(storeOf(item)) && crew.isPresent((other) => storeOf(other) === storeOf(item)));
  /** Milliseconds until something may be begun; without end when nothing may any more. */
  const findPause = () =>
    queue.reduce((least, item) => Math.min(least, Math.max(0, pace.pauseLeft(), pauseOf(item))), Infinity);

  for (;;) {
    crew.sendHome((item) => pauseOf(item) > 0);
    if (mayGoOn() && pace.pauseLeft() <= 0) {
      for (let next = 0; crew.hasRoom() && (next = queue.findIndex(isOpen)) !== -1;)
        for (const item of queue.splice(next, 1)) crew.begin(item);
      crew.goOn();
    } else crew.sendHome();
    if (crew.isBusy()) await crew.change();
    else if (!mayGoOn() || findPause() === Infinity) break;
    else await world.clock.sleep(findPause(), world.interruption);
  }
  if (world.interruption.aborted) endedBy ??= explainInterruption(items.length - queue.length, items.length);
  return { left: queue, endedBy, storeAway: endedBy === null ? stores.end() : null };
}

interface Attempt {
  /** Whether it need not be begun again. */
  isDone: boolean;
  isPutOff?: true;
  /** Why the whole run must end. */
  reason: QboError | null;
}

interface Surroundings extends Pick<World, "clock"> {
  pace: Pace;
  stores: StoreOutages;
}

function createAttempt<T, R extends { error: QboError | null }>(
  { pace, stores, clock }: Surroundings,
  { work, keep, storeOf, isPutOff, isRepeatable }: WorkOptions<T, R>,
): (item: T, turn: Turn) => Promise<Attempt> {
  const retries = new Map<T, number>();
  return async (item, turn) => {
    const begunAt = clock.now();
    const result = await work(item, turn);
    const waitsToBeSaved = result.error?.details.isKeptAside === true;
    if (hasCode(result.error, "CANCELLED")) return { isDone: false, reason: null };
    if (stores.note(result.error, { store: storeOf(item), begunAt }) && isRepeatable?.(result) !== false) {
      // What waits to be saved goes first. Otherwise others may find their store meanwhile.
      return { isDone: false, ...(waitsToBeSaved ? {} : { isPutOff: true }), reason: null };
    }
    const wait = readThrottle(result.error);
    const reason = (wait === undefined ? pace.goOn() : pace.slowDown(wait)) ?? null;
    const tried = retries.get(item) ?? 0;
    if (wait !== undefined && reason === null && tried < mostRetries) {
      retries.set(item, tried + 1);
      return { isDone: false, reason };
    }
    if (isPutOff?.(result)) return { isDone: false, isPutOff: true, reason };
    await keep(result, item);
    return { isDone: true, reason };
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function explainInterruption(done: number, total: number): QboError {
  return new QboError("CANCELLED", `Interrupted after ${done} of ${total} connections.`, {
    hint: "The same command goes on with those that are left.",
  });
}
