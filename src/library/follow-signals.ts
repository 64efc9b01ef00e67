/** Does `interrupt` when the signal is aborted, until the returned function is called. */
export type FollowSignal = (signal: AbortSignal, interrupt: (reason: unknown) => void) => () => void;

/**
 * Follows signals with one listener each, however many calls share one: at the eleventh listener Node.js 20 writes a warning to stderr. No
 * listener stays when the calls are over, as the signal may be kept for years.
 */
export function createSignalFollower(): FollowSignal {
  const followed = new Map<AbortSignal, { interrupts: Set<(reason: unknown) => void>; stop(this: void): void }>();
  const begin = (signal: AbortSignal) => {
    const interrupts = new Set<(reason: unknown) => void>();
    const tell = () => {
      for (const interrupt of interrupts) interrupt(signal.reason);
    };
    signal.addEventListener("abort", tell, { once: true });
    const stop = () => {
      signal.removeEventListener("abort", tell);
      followed.delete(signal);
    };
    const fresh = { interrupts, stop };
    followed.set(signal, fresh);
    return fresh;
  };
  return (signal, interrupt) => {
    const { interrupts, stop } = followed.get(signal) ?? begin(signal);
    interrupts.add(interrupt);
    return () => {
      interrupts.delete(interrupt);
      if (interrupts.size === 0) stop();
    };
  };
}
