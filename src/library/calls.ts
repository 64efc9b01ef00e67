import { hasCode, QboError } from "../core/errors.ts";
import { createSignalFollower, type FollowSignal } from "./follow-signals.ts";
import { toCallersError } from "./pass-on.ts";

/** A call's work. What it does is interrupted, as the program is by Ctrl-C, when the signal that it gets is aborted. */
type Work<T> = (interruption: AbortSignal) => Promise<T>;

interface CallTerms {
  /** Of this call alone. */
  signal?: AbortSignal | undefined;
  /** Whether nothing else holds the answer, so that it is handed over even after an interruption. */
  isOnlyCopy?: boolean;
}

/** The calls of one caller. */
export interface Calls {
  /** Throws CANCELLED, USAGE after `close`, and what the work throws. */
  run<T>(this: void, work: Work<T>, terms?: CallTerms): Promise<T>;
  /** Interrupts them all; resolves when none is left. */
  close(this: void): Promise<void>;
}

/** Calls that `signal` cancels, all of them, and `close`. */
export function createCalls(signal: AbortSignal | undefined): Calls {
  const closing = new AbortController();
  const follow = createSignalFollower();
  const underWay = new Set<Promise<unknown>>();
  return {
    async run(work, terms = {}) {
      if (closing.signal.aborted) throw new QboError("USAGE", "These connections were closed by close().");
      const signals = [closing.signal, signal, terms.signal].filter((each) => each !== undefined);
      const call = attend(work, { signals, follow, isOnlyCopy: terms.isOnlyCopy ?? false });
      underWay.add(call);
      try {
        return await call;
      } finally {
        underWay.delete(call);
      }
    },
    async close() {
      closing.abort(new QboError("CANCELLED", "These connections were closed by close()."));
      await Promise.allSettled(underWay);
    },
  };
}

interface Attending {
  signals: readonly AbortSignal[];
  follow: FollowSignal;
  isOnlyCopy: boolean;
}

async function attend<T>(work: Work<T>, { signals, follow, isOnlyCopy }: Attending): Promise<T> {
  const aborted = signals.find((signal) => signal.aborted);
  if (aborted) throw cancelled("Cancelled before it had begun.", aborted.reason);
  const interruption = new AbortController();
  const ends = signals.map((signal) => follow(signal, (reason) => interruption.abort(reason)));
  try {
    const answer = await work(interruption.signal);
    if (interruption.signal.aborted && !isOnlyCopy)
      throw new QboError("CANCELLED", "Cancelled, after what was under way had been finished.");
    return answer;
  } catch (error) {
    if (interruption.signal.aborted && hasCode(error, "CANCELLED"))
      throw cancelled(error.message, interruption.signal.reason);
    throw toCallersError(error);
  } finally {
    for (const end of ends) end();
  }
}

/** The reason is the caller's own, and comes back to him. */
function cancelled(message: string, cause: unknown): QboError {
  return new QboError("CANCELLED", message, { cause });
}
