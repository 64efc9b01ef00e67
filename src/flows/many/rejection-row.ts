import type { ConnectionFacts } from "../../core/connection.ts";
import type { QboError } from "../../core/errors.ts";

/** So many rejections in a row, of different connections, look more like an outage than like as many dead connections. */
const suspiciousRow = 3;

/** A connection whose refresh token Intuit rejected. `facts` are those of the attempt. */
export interface Rejection {
  facts: ConnectionFacts;
  error: QboError;
}

/**
 * The rejections of a run over many. An outage may answer `invalid_grant` (Intuit, FAQ), and must condemn nobody: a rejection is believed
 * only when something else was taken since, or when the run has ended and they were few.
 */
export interface RejectionRow<R extends Rejection = Rejection> {
  add(rejection: R): void;
  /** Something was taken: an outage would have rejected that, too. */
  believe(): void;
  /** Whether it looks like an outage by now. */
  isSuspicious(this: void): boolean;
  /** Those that are believed by now, each once. */
  takeBelieved(): R[];
  /** To be called when the run has ended: those that look like an outage's. All others are believed. */
  end(): R[];
}

/** An empty row. */
export function createRejectionRow<R extends Rejection = Rejection>(): RejectionRow<R> {
  const [doubtful, believed]: [R[], R[]] = [[], []];
  const believe = () => void believed.push(...doubtful.splice(0));
  const isSuspicious = () => {
    // One that carries a mark already is no further sign of an outage.
    const signs = doubtful.filter(({ facts }) => facts.rejection === null).map(({ facts }) => facts.id);
    return new Set(signs).size >= suspiciousRow;
  };
  return {
    add: (rejection) => void doubtful.push(rejection),
    believe,
    isSuspicious,
    takeBelieved: () => believed.splice(0),
    end() {
      if (!isSuspicious()) believe();
      return doubtful.splice(0);
    },
  };
}
