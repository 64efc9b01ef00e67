/** The emulator's own time: the machine's clock plus an offset that tests move at will. */
export interface EmulatorClock {
  /** Whole seconds since the Unix epoch, as the emulator sees it. */
  nowSeconds(): number;
  /** The emulator's time as an ISO 8601 UTC string. */
  nowIso(): string;
  /** Moves the clock by this many seconds; negative goes back. */
  advance(seconds: number): void;
  /** Seconds between the machine's clock and the emulator's. */
  offsetSeconds(): number;
  setOffset(seconds: number): void;
}

/** A clock that starts `offsetSeconds` away from the machine's. */
export function createClock(offsetSeconds = 0): EmulatorClock {
  let offset = offsetSeconds;
  return {
    nowSeconds: () => Math.floor(Date.now() / 1000) + offset,
    nowIso: () => new Date(Date.now() + offset * 1000).toISOString(),
    advance: (seconds) => {
      offset += seconds;
    },
    offsetSeconds: () => offset,
    setOffset: (seconds) => {
      offset = seconds;
    },
  };
}
