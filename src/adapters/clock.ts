import type { Clock } from "../core/ports.ts";

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, until) =>
    new Promise((resolve) => {
      if (until?.aborted) {
        resolve();
        return;
      }
      const end = () => {
        clearTimeout(timer);
        until?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      until?.addEventListener("abort", end, { once: true });
    }),
};
