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
 * only when something else was taken since, or when the run has ended and they were few. Each environment speaks for itself alone: that one
 * is well says nothing of another.
 */
export interface RejectionRow<R extends Rejection = Rejection> {
  add(rejection: R): void;
  /** Something of that environment was taken: an outage would have rejected that, too. */
  believe(environment: string): void;
  /** Whether it looks like an outage of that environment by now; of any when none is named. */
  isSuspicious(environment?: string): boolean;
  /** Those that are believed by now, each once. */
  takeBelieved(): R[];
  /** To be called when the run has ended: those that look like an outage's. All others are believed. */
  end(): R[];
}

/** An empty row. */
export function createRejectionRow<R extends Rejection = Rejection>(): RejectionRow<R> {
  const doubtful = new Map<string, R[]>();
  const believed: R[] = [];
  const believe = (environment: string) => {
    believed.push(...(doubtful.get(environment) ?? []));
    doubtful.delete(environment);
  };
  const isSuspicious = (environment: string) => {
    // One that carries a mark already is no further sign of an outage.
    const signs = (doubtful.get(environment) ?? []).filter(({ facts }) => facts.rejection === null);
    return new Set(signs.map(({ facts }) => facts.id)).size >= suspiciousRow;
  };
  return {
    add(rejection) {
      const { environment } = rejection.facts;
      doubtful.set(environment, [...(doubtful.get(environment) ?? []), rejection]);
    },
    believe,
    isSuspicious: (environment) =>
      environment === undefined ? [...doubtful.keys()].some((each) => isSuspicious(each)) : isSuspicious(environment),
    takeBelieved: () => believed.splice(0),
    end() {
      for (const environment of doubtful.keys()) if (!isSuspicious(environment)) believe(environment);
      const rest = [...doubtful.values()].flat();
      doubtful.clear();
      return rest;
    },
  };
}
