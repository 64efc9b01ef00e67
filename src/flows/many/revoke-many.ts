import type { ConnectionFacts } from "../../core/connection.ts";
import { asQboError } from "../../core/errors.ts";
import { assertSameOrigins } from "../environments/same-origins.ts";
import { revokeConnection, type RevokeDoors, type RevokeOptions, type RevokeResult } from "../revoke/revoke.ts";
import { readSettings, type Settings } from "../settings.ts";
import type { Turn } from "./crew.ts";
import { explainStoreOutage } from "./store-outage.ts";
import { workThrough } from "./work-through.ts";

export interface RevokeManyOptions extends RevokeOptions {
  /** How many at a time. */
  concurrency: number;
  /** The command that goes on with what is left. */
  again: string;
  onResult(this: void, result: RevokeResult): void;
}

/** What became of a run, also of one that was cut short. */
export interface RevokeRun {
  results: RevokeResult[];
  /** Why it ended before all was done: CANCELLED, INTUIT_BUSY, STORE_UNAVAILABLE, a defect; else null. */
  endedBy: Error | null;
}

/** Revokes many connections, so many at a time; the results come in the order of the connections. One that fails stops none of the others. */
export async function revokeMany(
  world: RevokeDoors,
  targets: readonly ConnectionFacts[],
  options: RevokeManyOptions,
): Promise<RevokeRun> {
  const results: RevokeResult[] = [];
  const settings = await readSettings(world);
  const { left, endedBy, storeAway } = await workThrough(world, targets, {
    concurrency: options.concurrency,
    storeOf: ({ store }) => store,
    work: (facts, turn) => revokeOne(world, facts, { settings, options, turn }),
    // What Intuit has ended must be told so; a second revocation would find it dead.
    isRepeatable: ({ remote }) => remote === "failed",
    keep(result) {
      results.push(result);
      options.onResult(result);
    },
  });
  const places = new Map(targets.map(({ name }, place) => [name, place]));
  const placeOf = ({ connection }: RevokeResult) => places.get(connection) ?? targets.length;
  return {
    results: results.toSorted((a, b) => placeOf(a) - placeOf(b)),
    endedBy:
      storeAway === null
        ? endedBy
        : explainStoreOutage(storeAway, { done: results.length, left: left.length, again: options.again }),
  };
}

async function revokeOne(
  world: RevokeDoors,
  facts: ConnectionFacts,
  { settings, options, turn }: { settings: Settings; options: RevokeOptions; turn: Turn },
): Promise<RevokeResult> {
  try {
    await turn.take();
    if (!options.localOnly) assertSameOrigins(world.env, settings, facts);
    return await revokeConnection(world, facts, options);
  } catch (error) {
    const known = asQboError(error);
    if (!known) throw error;
    return { connection: facts.name, remote: "failed", local: "kept", error: known };
  }
}
