import type { ConnectionFacts } from "../core/connection.ts";
import { asQboError, hasCode, type QboError } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { earliestEnd } from "./connection-report.ts";
import { assertSameOrigins } from "./environments.ts";
import { type FreshToken, getFreshToken } from "./fresh-token.ts";
import { noticeSuccess } from "./notice-success.ts";
import { explainOutage, hideRejection } from "./outage.ts";
import type { RefreshDoors } from "./perform-refresh.ts";
import { markRejected } from "./rejection.ts";
import { trustRecentSaves } from "./recent-saves.ts";
import { readSettings, type Settings } from "./settings.ts";
import { workThrough } from "./work-through.ts";

export interface RefreshResult {
  connection: string;
  outcome: "refreshed" | "unchanged" | "failed";
  error: QboError | null;
}

export interface RefreshManyOptions {
  /** How many requests at a time. */
  concurrency: number;
  /** Told of each result as it comes. A rejection comes when it is sure that it is no outage's. */
  onResult?: ((result: RefreshResult) => void) | undefined;
}

/** What became of a run, also of one that was cut short. */
export interface RefreshRun {
  results: RefreshResult[];
  /** Why it ended before everything was tried: CANCELLED, SERVICE_SUSPECT, INTUIT_BUSY, a defect; else null. */
  endedBy: Error | null;
}

/** So many rejections in a row, of different connections, look more like an outage than like as many dead connections. */
const suspiciousRow = 3;

interface Rejection {
  facts: ConnectionFacts;
  error: QboError;
}

/**
 * Refreshes many connections, so many at a time, the most urgent first. One broken connection stops nothing, but a row of rejections
 * does: an outage may answer `invalid_grant` (Intuit, FAQ), and must condemn nobody. Then no connection is marked.
 */
export async function refreshMany(
  world: RefreshDoors & Pick<World, "configFiles">,
  connections: readonly ConnectionFacts[],
  { concurrency, onResult }: RefreshManyOptions,
): Promise<RefreshRun> {
  const results: RefreshResult[] = [];
  const settings = await readSettings(world);
  const openStore = trustRecentSaves(world);
  const putOff = new Set<ConnectionFacts>();
  const [doubtful, believed]: [Rejection[], Rejection[]] = [[], []];
  // One that carries a mark already is no further sign of an outage.
  const isSuspicious = () => doubtful.filter(({ facts }) => facts.rejection === null).length >= suspiciousRow;
  const tell = (result: RefreshResult) => {
    results.push(result);
    onResult?.(result);
  };
  // An outage would have rejected the one that was taken, too.
  const believeRejections = () => void believed.push(...doubtful.splice(0));
  const tellRejections = async () => {
    for (const { facts, error } of believed.splice(0)) {
      await markRejected(world, facts, error);
      tell(fail(facts, error));
    }
  };
  const { left, endedBy } = await workThrough(world, orderByUrgency(connections), {
    concurrency,
    async work(facts, makeRoom) {
      const http = noticeSuccess(world.http, () => {
        believeRejections();
        makeRoom();
      });
      const result = await refreshOne({ ...world, openStore, http }, settings, {
        facts,
        leaveWhenBusy: !putOff.has(facts),
      });
      if (result.wasBusy) putOff.add(facts);
      return result;
    },
    // Another machine is at work on the same list: this one goes on with what nobody works on, and looks at this one later.
    isPutOff: ({ wasBusy }) => wasBusy === true,
    async keep(result, facts) {
      if (hasCode(result.error, "REFRESH_REJECTED")) return void doubtful.push({ facts, error: result.error });
      tell(result);
      if (result.outcome === "unchanged") believeRejections();
      await tellRejections();
    },
    isHeld: isSuspicious,
  });
  if (!isSuspicious()) believeRejections();
  await tellRejections();
  if (doubtful.length === 0) return { results, endedBy };
  for (const { facts, error } of doubtful) tell(fail(facts, hideRejection(facts, error)));
  const rejected = doubtful.map(({ facts }) => facts);
  return { results, endedBy: endedBy ?? (await explainOutage(world, rejected, left.length)) };
}

/**
 * Who is nearest to the end comes first. However many connections are dead, the others have had their turn before a row of rejections
 * can stop everything.
 */
function orderByUrgency(connections: readonly ConnectionFacts[]): ConnectionFacts[] {
  const isDoubtful = ({ rejection, lastRefresh }: ConnectionFacts) =>
    rejection !== null || lastRefresh?.outcome === "rejected";
  return connections
    .map((facts) => ({ facts, doubt: Number(isDoubtful(facts)), end: earliestEnd(facts) ?? Number.MAX_SAFE_INTEGER }))
    .toSorted((a, b) => a.doubt - b.doubt || a.end - b.end)
    .map(({ facts }) => facts);
}

interface Turn {
  facts: ConnectionFacts;
  leaveWhenBusy: boolean;
}

/** What another process refreshed since the list was made is `unchanged`. */
async function refreshOne(
  world: RefreshDoors,
  settings: Settings,
  { facts, leaveWhenBusy }: Turn,
): Promise<RefreshResult & Pick<FreshToken, "wasBusy">> {
  try {
    assertSameOrigins(world.env, settings, facts);
    const { outcome, wasBusy } = await getFreshToken(world, facts, {
      minValidity: 0,
      force: true,
      deferMark: true,
      allowLastMinute: false,
      newerThan: facts.tokens.generation,
      leaveWhenBusy,
    });
    return { connection: facts.name, outcome, error: null, ...(wasBusy ? { wasBusy } : {}) };
  } catch (error) {
    const known = asQboError(error);
    if (!known) throw error;
    return fail(facts, known);
  }
}

function fail({ name }: ConnectionFacts, error: QboError): RefreshResult {
  return { connection: name, outcome: "failed", error };
}
