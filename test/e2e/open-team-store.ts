import { systemClock } from "../../src/adapters/clock.ts";
import { createTeamStore } from "../../src/adapters/postgres/team-store.ts";
import { createSealer } from "../../src/adapters/vault/store-key-sealer.ts";
import type { Clock } from "../../src/core/ports.ts";
import { Secret } from "../../src/core/secret.ts";
import { readStoreName } from "../../src/core/store-name.ts";
import type { TeamStore } from "../../src/core/team-store.ts";
import type { Cluster, TeamDatabase } from "./postgres-cluster.ts";

export const keyOf = (byte: number) => new Secret(Buffer.alloc(32, byte).toString("base64"));

export interface OpenOptions {
  storeKey?: Secret | undefined;
  host?: string;
  clock?: Clock;
}

/** Opens a store as a process of its own would. */
export function openTeamStore(
  address: string,
  { storeKey = keyOf(1), host = "one", clock = systemClock }: OpenOptions = {},
): TeamStore {
  const place = describeAddress(address);
  const sealer = createSealer({ storeKey, store: `the team store ${place.text}` });
  return createTeamStore({ address: place, sealer, clock, host, pid: 4711 });
}

export function describeAddress(address: string, env: Record<string, string> = {}) {
  const name = readStoreName(address);
  if (name?.kind !== "postgres") throw new Error(`${address} is no address`);
  return { text: name.text, url: name.address, env };
}

/** A database with the tables of a team store, in which `member` was granted what it needs. */
export async function prepareDatabase(cluster: Cluster): Promise<TeamDatabase> {
  const database = await cluster.createDatabase();
  const { grants } = await openTeamStore(database.address("keeper")).initialise();
  await database.query(grants.map((line) => line.replace("<role>", "member")).join("\n"));
  return database;
}
