import type { ConnectionFacts } from "../../core/connection.ts";
import { asQboError, hasCode, type QboError } from "../../core/errors.ts";
import type { Instant } from "../../core/instant.ts";
import type { World } from "../../core/world.ts";
import { earliestEnd } from "../connections/connection-report.ts";
import type { Turn } from "./crew.ts";
import { assertSameOrigins } from "../environments/same-origins.ts";
import { type FreshToken, type FreshTokenRequest, getFreshToken } from "../refresh/fresh-token.ts";
import { explainOutage, hideRejection } from "./outage.ts";
import type { RefreshDoors } from "../refresh/perform-refresh.ts";
import { markRejected } from "../refresh/rejection.ts";
import { createRejectionRow, type RejectionRow } from "./rejection-row.ts";
import { trustRecentSaves } from "./recent-saves.ts";
import { readSettings, type Settings } from "../settings.ts";
import { explainStoreOutage } from "./store-outage.ts";
import { takeTurns } from "./take-turns.ts";
import { workThrough } from "./work-through.ts";

export interface RefreshResult {
  connection: string;
  outcome: "refreshed" | "unchanged" | "failed";
  error: QboError | null;
}

export interface RefreshManyOptions {
  /** How many requests at a time. */
  concurrency: number;
  /** The command that goes on with what is left. */
  again: string;
  /** Told of each result as it comes. A rejection comes when it is sure that it is no outage's. */
  onResult?: ((result: RefreshResult) => void) | undefined;
}

/** What became of a run, also of one that was cut short. */
export interface RefreshRun {
  results: RefreshResult[];
  /** Why it ended before everything was tried: CANCELLED, SERVICE_SUSPECT, INTUIT_BUSY, STORE_UNAVAILABLE, a defect; else null. */
  endedBy: Error | null;
}

/**
 * Refreshes many connections, so many at a time, the most urgent first. One broken connection stops nothing, but a row of rejections
 * does in their environment: an outage may answer `invalid_grant` (Intuit, FAQ), and must condemn nobody. Then none of them is marked.
 */
export async function refreshMany(
  world: RefreshDoors & Pick<World, "configFiles">,
  connections: readonly ConnectionFacts[],
  { concurrency, again, onResult }: RefreshManyOptions,
): Promise<RefreshRun> {
  const results: RefreshResult[] = [];
  const tell = (result: RefreshResult) => {
    results.push(result);
    onResult?.(result);
  };
  const row = createRejectionRow();
  const tellRejections = async () => {
    for (const { facts, error } of row.takeBelieved()) {
      await markRejected(world, facts, error);
      tell(fail(facts, error));
    }
  };
  const crew = await openCrew(world, row);
  const { left, storeAway, ...end } = await workThrough(world, orderByUrgency(connections, world.clock.now()), {
    concurrency,
    storeOf: ({ store }) => store,
    work: crew.work,
    // Another machine is at work on the same list: this one goes on with what nobody works on, and looks at this one later.
    isPutOff: ({ wasBusy }) => wasBusy === true,
    async keep(result, facts) {
      if (hasCode(result.error, "REFRESH_REJECTED")) return row.add({ facts, error: result.error });
      tell(result);
      if (result.outcome === "unchanged") row.believe(facts.environment);
      await tellRejections();
    },
    isHeld: ({ environment }) => row.isSuspicious(environment),
  });
  const doubtful = row.end();
  await tellRejections();
  const untried = left.filter((facts) => !crew.keptAside.has(facts)).length;
  for (const facts of left) {
    const error = crew.keptAside.get(facts);
    if (error) tell(fail(facts, error));
  }
  const counts = { done: connections.length - untried, left: untried, again };
  const endedBy = storeAway ? explainStoreOutage(storeAway, counts) : end.endedBy;
  if (doubtful.length === 0) return { results, endedBy };
  for (const { facts, error } of doubtful) tell(fail(facts, hideRejection(facts, error)));
  const rejected = doubtful.map(({ facts }) => facts);
  return { results, endedBy: endedBy ?? (await explainOutage(world, rejected, { untried, again })) };
}

type Worked = RefreshResult & Pick<FreshToken, "wasBusy">;

interface Crew {
  work(this: void, facts: ConnectionFacts, turn: Turn): Promise<Worked>;
  /** Those whose new tokens the store did not take: they lie in the second place. */
  keptAside: ReadonlyMap<ConnectionFacts, QboError>;
}

/** What the attempts of one run have in common. */
async function openCrew(world: RefreshDoors & Pick<World, "configFiles">, row: RejectionRow): Promise<Crew> {
  const settings = await readSettings(world);
  const openStore = trustRecentSaves(world);
  const putOff = new Set<ConnectionFacts>();
  const keptAside = new Map<ConnectionFacts, QboError>();
  return {
    keptAside,
    async work(facts, turn) {
      const http = takeTurns(world.http, turn);
      // What is left to do for granted tokens (durable writes) then overlaps with the request of another item.
      const onGranted = () => {
        row.believe(facts.environment);
        turn.pass();
      };
      const attempt = { facts, leaveWhenBusy: !putOff.has(facts), onGranted };
      const result = await refreshOne({ ...world, openStore, http }, settings, attempt);
      if (result.wasBusy) putOff.add(facts);
      if (result.error?.details.isKeptAside) keptAside.set(facts, result.error);
      // What was brought back just now is what this run had refreshed.
      return keptAside.has(facts) && result.outcome === "unchanged" ? { ...result, outcome: "refreshed" } : result;
    },
  };
}

/**
 * Who is nearest to the end comes first. However many connections are dead, the others have had their turn before a row of rejections
 * can stop everything.
 */
function orderByUrgency(connections: readonly ConnectionFacts[], now: Instant): ConnectionFacts[] {
  const isDoubtful = ({ rejection, lastRefresh }: ConnectionFacts) =>
    rejection !== null || lastRefresh?.outcome === "rejected";
  return connections
    .map((facts) => ({
      facts,
      doubt: Number(isDoubtful(facts)),
      end: earliestEnd(facts, now) ?? Number.MAX_SAFE_INTEGER,
    }))
    .toSorted((a, b) => a.doubt - b.doubt || a.end - b.end)
    .map(({ facts }) => facts);
}

interface Attempt extends Pick<FreshTokenRequest, "leaveWhenBusy" | "onGranted"> {
  facts: ConnectionFacts;
}

/** What another process refreshed since the list was made is `unchanged`. */
async function refreshOne(world: RefreshDoors, settings: Settings, { facts, ...terms }: Attempt): Promise<Worked> {
  try {
    assertSameOrigins(world.env, settings, facts);
    const { outcome, wasBusy } = await getFreshToken(world, facts, {
      minValidity: 0,
      force: true,
      deferMark: true,
      allowLastMinute: false,
      newerThan: facts.tokens.generation,
      ...terms,
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
