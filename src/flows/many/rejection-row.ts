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
 * is well says nothing of another. But several may have one token endpoint, as Intuit's have, and its outage rejects a few of each.
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
  let doubtful: R[] = [];
  const believed: R[] = [];
  const believe = (isMeant: (rejection: R) => boolean) => {
    const meant = new Set(doubtful.filter(isMeant));
    believed.push(...meant);
    doubtful = doubtful.filter((each) => !meant.has(each));
  };
  const isRow = (isMeant: (rejection: R) => boolean) => {
    // One that carries a mark already is no further sign of an outage.
    const signs = doubtful.filter((each) => isMeant(each) && each.facts.rejection === null);
    return new Set(signs.map(({ facts }) => facts.id)).size >= suspiciousRow;
  };
  const isSuspicious = (environment: string) => isRow(({ facts }) => facts.environment === environment);
  return {
    add: (rejection) => void doubtful.push(rejection),
    believe: (environment) => believe(({ facts }) => facts.environment === environment),
    isSuspicious: (environment) =>
      environment === undefined
        ? doubtful.some(({ facts }) => isSuspicious(facts.environment))
        : isSuspicious(environment),
    takeBelieved: () => believed.splice(0),
    end() {
      const isShared = (endpoint: string) => isRow(({ facts }) => facts.endpoints.token === endpoint);
      believe(({ facts }) => !isSuspicious(facts.environment) && !isShared(facts.endpoints.token));
      return doubtful.splice(0);
    },
  };
}
