import { asQboError, QboError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import type { KeyUse, Rekeying, ResealOutcome } from "../../core/store-ports.ts";
import { readStoreName } from "../../core/store-name.ts";
import { nameClientSecret, nameTokens } from "../../core/vault-keys.ts";
import type { World } from "../../core/world.ts";
import { readSettings } from "../settings.ts";

/** What became of one record: of a connection's tokens or of a client's secret. */
interface RekeyResult {
  connection: string | null;
  clientId: string | null;
  outcome: Exclude<ResealOutcome, "absent"> | "failed";
  error: QboError | null;
}

export interface RekeyReport {
  /** The names of both keys; null when there is no file store yet. */
  from: string | null;
  to: string | null;
  results: RekeyResult[];
  /** How many records are sealed with which key now; the key is null for those that cannot be read. */
  keys: KeyUse[];
  /** Whether the store takes the new key only. */
  isFinished: boolean;
}

type Doors = Pick<World, "env" | "configFiles" | "facts" | "clients" | "interruption" | "openRekeying">;

/** A record that may be there. */
interface Target {
  /** The vault's key. */
  name: string;
  lock: string;
  connection: string | null;
  clientId: string | null;
}

/** Rounds until no record with the old key turns up any more; each further one is for what others wrote meanwhile. */
const mostRounds = 5;

/**
 * Seals everything in the chosen team store with another key, or else in the file store.
 * @throws as `rekeyFileStore`, and LOCK_TIMED_OUT when the team store is too busy.
 */
export async function rekeyStore(
  world: Doors & Pick<World, "resealTeamStore">,
  newKey: Secret,
): Promise<RekeyReport & { store: string }> {
  const store = (await readSettings(world)).store.value;
  if (readStoreName(store)?.kind !== "postgres") return { store: "file", ...(await rekeyFileStore(world, newKey)) };
  const { from, to, records } = await world.resealTeamStore(store, newKey);
  return { store, from, to, results: [], keys: records === 0 ? [] : [{ key: to, records }], isFinished: true };
}

/**
 * Seals everything in the file store with another key. Others may go on using the store meanwhile, with either key. Interrupted or in part
 * failed, it goes on where it was when it is called again with the same keys.
 * @throws CONFIG_INVALID for an unusable new key, STORE_UNAVAILABLE, STORE_CORRUPT, CANCELLED.
 */
async function rekeyFileStore(world: Doors, newKey: Secret): Promise<RekeyReport> {
  const rekeying = await world.openRekeying(newKey);
  if (!rekeying) return { from: null, to: null, results: [], keys: [], isFinished: true };
  return rekeying.begin(() => resealRounds(world, rekeying));
}

async function resealRounds(world: Doors, rekeying: Rekeying): Promise<RekeyReport> {
  const results = new Map<string, RekeyResult>();
  let isFinished = false;
  for (let round = 0; round < mostRounds; round += 1) {
    const resealed = await resealAll(world, rekeying, results);
    const isWhole = [...results.values()].every(({ error }) => error === null);
    if (!isWhole || (isFinished && resealed === 0)) break;
    if (resealed > 0) continue;
    await rekeying.finish();
    // One more round, for what was written while the last one ended.
    isFinished = true;
  }
  const { from, to } = rekeying;
  return { from, to, results: [...results.values()], keys: await rekeying.count(), isFinished };
}

/** Answers how many records had the old key. */
async function resealAll(world: Doors, rekeying: Rekeying, results: Map<string, RekeyResult>): Promise<number> {
  let resealed = 0;
  for (const target of await listTargets(world)) {
    if (world.interruption.aborted)
      throw new QboError("CANCELLED", `Interrupted after ${results.size} records.`, {
        hint: "Both keys are still needed. Repeat the command with the same two keys to go on.",
      });
    const { outcome, error } = await resealOne(rekeying, target);
    if (outcome === "resealed") resealed += 1;
    const isOld = outcome === "unchanged" && results.has(target.name);
    if (outcome === "absent" || isOld) continue;
    const { connection, clientId } = target;
    results.set(target.name, { connection, clientId, outcome, error });
  }
  return resealed;
}

async function resealOne(
  rekeying: Rekeying,
  { name, lock }: Target,
): Promise<{ outcome: ResealOutcome | "failed"; error: QboError | null }> {
  try {
    return { outcome: await rekeying.reseal(name, lock), error: null };
  } catch (error) {
    const known = asQboError(error);
    if (!known || known.code === "CANCELLED") throw error;
    return { outcome: "failed", error: known };
  }
}

/** Whatever could lie in the file store: also what the facts say to be elsewhere, since a copy may be left of a move. */
async function listTargets(world: Doors): Promise<Target[]> {
  const [facts, { apps }] = [await world.facts.list(), await readSettings(world)];
  const clientIds = [
    ...facts.map(({ clientId }) => clientId),
    ...Object.values(apps).flatMap((app) => app.clientId ?? []),
  ];
  return [
    ...facts.map(({ id, name }) => ({ name: nameTokens(id), lock: id, connection: name, clientId: null })),
    ...[...new Set(clientIds)].map((clientId) => {
      const name = nameClientSecret(clientId);
      return { name, lock: name, connection: null, clientId };
    }),
  ];
}
