import type { ConnectionFacts } from "../../core/connection.ts";
import { formatDuration } from "../../core/duration.ts";
import { hour, secondsUntil, type Instant } from "../../core/instant.ts";
import type { UnfinishedRuns, World } from "../../core/world.ts";
import { settle } from "../book-keeping.ts";

/** Later than this after its start a run is begun anew: by then access tokens of its first connections expire. */
const longestLife = hour;

/** A run that goes on where an earlier one over the same selection was cut short. */
export interface Continuation {
  startedAt: Instant;
  /** How many were refreshed since, by it or by anybody else. */
  done: number;
}

export interface RunPlan {
  /** Those that are left. */
  connections: ConnectionFacts[];
  continued: Continuation | null;
  /** Forgets the run; to be called when nothing of it is left to do. */
  finish(): Promise<void>;
}

export interface RunOptions {
  /** What was asked for: only the same is continued. */
  selection: string;
  /** Begin anew, whatever was done before. */
  restart: boolean;
}

type Doors = Pick<World, "clock" | "notices" | "unfinishedRuns">;

/**
 * What a run over `targets` has to do. Only its start is remembered; what is done the facts of each connection tell, so that a run which
 * was killed is continued as well as one that was interrupted.
 */
export async function planRun(
  world: Doors,
  targets: readonly ConnectionFacts[],
  { selection, restart }: RunOptions,
): Promise<RunPlan> {
  const runs = await world.unfinishedRuns();
  const continued = restart ? null : await findContinuation(world, runs, { selection, targets });
  const connections = continued ? targets.filter((facts) => !isDone(facts, continued.startedAt)) : [...targets];
  const note = (work: () => Promise<void>) => settle(world, { name: "this run" }, work);
  if (continued) world.notices.inform(describe(continued, targets.length, world.clock.now()));
  else if (targets.length > 1) await note(() => runs.write(selection, world.clock.now()));
  return { connections, continued, finish: () => note(() => runs.remove(selection)) };
}

async function findContinuation(
  world: Doors,
  runs: UnfinishedRuns,
  { selection, targets }: { selection: string; targets: readonly ConnectionFacts[] },
): Promise<Continuation | null> {
  const startedAt = await runs.read(selection);
  const now = world.clock.now();
  if (startedAt === undefined || startedAt > now || now - startedAt > longestLife) return null;
  const done = targets.filter((facts) => isDone(facts, startedAt)).length;
  return done === 0 || done === targets.length ? null : { startedAt, done };
}

function isDone({ lastRefresh }: ConnectionFacts, startedAt: Instant): boolean {
  return lastRefresh?.outcome === "ok" && lastRefresh.at >= startedAt;
}

function describe({ startedAt, done }: Continuation, total: number, now: Instant): string {
  const ago = formatDuration(secondsUntil(now, startedAt));
  return `Continuing the run that began ${ago} ago and did not finish: ${done} of ${total} are done, ${total - done} are left. To begin anew: --restart`;
}
