import type { ConnectionFacts } from "../core/connection.ts";
import { asQboError, hasCode, QboError } from "../core/errors.ts";
import type { World } from "../core/world.ts";
import { assertSameOrigins } from "./environments.ts";
import { getFreshToken } from "./fresh-token.ts";
import type { RefreshDoors } from "./perform-refresh.ts";
import { markRejected } from "./rejection.ts";
import { readServiceStatus } from "./service-status.ts";
import { readSettings, type Settings } from "./settings.ts";

export interface RefreshResult {
  connection: string;
  outcome: "refreshed" | "unchanged" | "failed";
  error: QboError | null;
}

export interface RefreshManyOptions {
  /** How many at a time. */
  concurrency: number;
  /** Told of each result as it comes. */
  onResult?: ((result: RefreshResult) => void) | undefined;
}

/** So many rejections in a row, of different connections, look more like an outage than like as many dead connections. */
const suspiciousRow = 3;

/**
 * Refreshes many connections, so many at a time. One broken connection stops nothing, but a row of rejections does: an outage may
 * answer `invalid_grant` (Intuit, FAQ), and must condemn nobody.
 * @throws SERVICE_SUSPECT when it stopped for that reason; no connection is marked then.
 */
export async function refreshMany(
  world: RefreshDoors & Pick<World, "configFiles">,
  connections: readonly ConnectionFacts[],
  options: RefreshManyOptions,
): Promise<RefreshResult[]> {
  const results: RefreshResult[] = [];
  const rejected: { facts: ConnectionFacts; error: QboError }[] = [];
  const settings = await readSettings(world);
  const queue = putDoubtfulLast(connections);
  let next = 0;
  let row = 0;
  const work = async () => {
    while (!world.interruption.aborted && row < suspiciousRow) {
      const facts = queue[next];
      if (!facts) return;
      next += 1;
      const result = await refreshOne(world, settings, facts);
      if (hasCode(result.error, "REFRESH_REJECTED")) {
        // One that carries a mark already is no further sign of an outage.
        if (facts.rejection === null) row += 1;
        rejected.push({ facts, error: result.error });
      } else if (result.outcome !== "failed") row = 0;
      results.push(result);
      options.onResult?.(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, connections.length) }, work));
  if (world.interruption.aborted)
    throw new QboError("CANCELLED", `Interrupted after ${results.length} of ${connections.length} connections.`);
  if (row >= suspiciousRow)
    throw await explainSuspicion(
      world,
      rejected.map(({ facts }) => facts),
      connections.length - results.length,
    );
  for (const { facts, error } of rejected) await markRejected(world, facts, error);
  return results;
}

/** However many connections are dead, the others have had their turn before a row of rejections can stop everything. */
function putDoubtfulLast(connections: readonly ConnectionFacts[]): ConnectionFacts[] {
  const isDoubtful = ({ rejection, lastRefresh }: ConnectionFacts) =>
    rejection !== null || lastRefresh?.outcome === "rejected";
  return connections.toSorted((a, b) => Number(isDoubtful(a)) - Number(isDoubtful(b)));
}

async function refreshOne(world: RefreshDoors, settings: Settings, facts: ConnectionFacts): Promise<RefreshResult> {
  try {
    assertSameOrigins(world.env, settings, facts);
    const { outcome } = await getFreshToken(world, facts, {
      minValidity: 0,
      force: true,
      deferMark: true,
      allowLastMinute: false,
    });
    return { connection: facts.name, outcome, error: null };
  } catch (error) {
    const known = asQboError(error);
    if (!known) throw error;
    return { connection: facts.name, outcome: "failed", error: known };
  }
}

async function explainSuspicion(
  world: RefreshDoors,
  rejected: readonly ConnectionFacts[],
  untried: number,
): Promise<QboError> {
  const names = rejected
    .slice(0, 5)
    .map(({ name }) => name)
    .join(", ");
  const report = await askServiceStatus(world, rejected[0]);
  return new QboError(
    "SERVICE_SUSPECT",
    `Intuit rejected ${rejected.length} connections in a row (${names}), which looks like an outage; ${report}.`,
    {
      hint: `No connection was marked and ${untried} were not tried. Try again in 15 minutes: qbo refresh --all`,
    },
  );
}

/** What Intuit's status page says, in half a sentence. */
async function askServiceStatus(
  world: Pick<World, "http" | "certificates" | "interruption">,
  facts: ConnectionFacts | undefined,
): Promise<string> {
  const environment = facts?.environment ?? "production";
  const status = await readServiceStatus(world, { environment, api: facts?.endpoints.api ?? "" });
  if (status.kind === "unknown") return `its status page ${status.reason}`;
  return `its status page reports ${status.kind === "incident" ? "an" : "no"} incident`;
}
