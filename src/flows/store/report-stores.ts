import type { ConnectionFacts } from "../../core/connection.ts";
import { asQboError, hasCode, QboError } from "../../core/errors.ts";
import type { CredentialStore } from "../../core/store-ports.ts";
import type { World } from "../../core/world.ts";
import { explainAbsence } from "../refresh/load-tokens.ts";
import { readSettings } from "../settings.ts";
import type { Setting } from "../variables.ts";

/** A connection whose tokens are not as they should be, and why. */
interface DamagedConnection {
  connection: string;
  error: QboError;
}

/** A copy of a connection's tokens, which are used from the store that it lives in. */
export interface Leftover {
  connection: string;
  livesIn: string;
}

export interface StoreReport {
  store: string;
  isDefault: boolean;
  /** How many connections keep their tokens there; disconnected ones have none. */
  connections: number;
  /** How many client secrets lie there. */
  clientSecrets: number;
  /** Why it cannot be written and read; null when it can. */
  error: QboError | null;
  /** Where the secrets lie and what protects them; null when that cannot be told. */
  protection: string | null;
  /** Of how many connections the tokens were read; all, unless the store is slow. */
  checked: number;
  damaged: DamagedConnection[];
  /** Connections of which an interrupted move left a copy there. */
  leftovers: Leftover[];
}

export interface StoresReport {
  /** Where new secrets go. */
  newSecrets: Setting<string>;
  stores: StoreReport[];
  /** Connections whose record cannot be read, so that nobody knows which store theirs is. */
  damaged: DamagedConnection[];
}

type Doors = Pick<World, "env" | "configFiles" | "facts" | "clients" | "openStore" | "prompter" | "clock">;

/** Milliseconds after which no further connection of a store is looked at. */
const patience = 15_000;

/** Every store in use, and the one that new secrets go to. A store that cannot be reached is a finding, not a failure. */
export async function reportStores(world: Doors): Promise<StoresReport> {
  const { store: newSecrets, apps } = await readSettings(world);
  const { facts, damaged } = await world.facts.survey();
  const clientIds = [
    ...facts.map(({ clientId }) => clientId),
    ...Object.values(apps).flatMap((app) => app.clientId ?? []),
  ];
  const clients = await Promise.all([...new Set(clientIds)].map((clientId) => world.clients.read(clientId)));
  const holders = clients.flatMap((client) => client?.store ?? []);
  const copies = facts.flatMap(({ alsoIn }) => alsoIn ?? []);
  const names = new Set([newSecrets.value, ...facts.map(({ store }) => store), ...holders, ...copies]);
  const stores: StoreReport[] = [];
  const unreadable = damaged.map(({ name, error }) => ({ connection: name, error }));
  for (const name of names) {
    stores.push({
      store: name,
      isDefault: name === newSecrets.value,
      clientSecrets: holders.filter((holder) => holder === name).length,
      leftovers: facts
        .filter(({ alsoIn }) => alsoIn === name)
        .map((each) => ({ connection: each.name, livesIn: each.store })),
      ...(await examine(
        world,
        name,
        facts.filter(({ store, disconnectedAt }) => store === name && disconnectedAt === null),
      )),
    });
  }
  return { newSecrets, stores, damaged: unreadable };
}

/** Whether something is kept there. */
export function isInUse({ connections, clientSecrets, leftovers }: StoreReport): boolean {
  return connections + clientSecrets + leftovers.length > 0;
}

type Findings = Pick<StoreReport, "connections" | "error" | "protection" | "checked" | "damaged">;

async function examine(world: Doors, name: string, facts: readonly ConnectionFacts[]): Promise<Findings> {
  const untold = { connections: facts.length, protection: null, checked: 0, damaged: [] };
  const opened = await attempt(() => world.openStore(name));
  if (opened instanceof QboError) return { ...untold, error: opened };
  const description = await attempt(() => opened.describe());
  const protection = description instanceof QboError ? null : description;
  const probed = await attempt(() => opened.probe({ mayAsk: world.prompter.canAsk }));
  if (probed instanceof QboError) return { ...untold, protection, error: probed };
  return { connections: facts.length, protection, error: null, ...(await readAll(world, opened, facts)) };
}

async function readAll(
  world: Doors,
  store: CredentialStore,
  facts: readonly ConnectionFacts[],
): Promise<Pick<StoreReport, "checked" | "damaged">> {
  const end = world.clock.now() + patience;
  const damaged: DamagedConnection[] = [];
  let checked = 0;
  for (const each of facts) {
    if (world.clock.now() > end) break;
    const error = await findDamage(store, each);
    if (error) damaged.push({ connection: each.name, error });
    checked += 1;
  }
  return { checked, damaged };
}

async function findDamage(store: CredentialStore, facts: ConnectionFacts): Promise<QboError | undefined> {
  const tokens = await attempt(() => store.load(facts.id));
  if (tokens instanceof QboError) return tokens;
  return tokens || facts.isPending ? undefined : explainAbsence(facts);
}

async function attempt<T>(work: () => Promise<T>): Promise<T | QboError> {
  try {
    return await work();
  } catch (error) {
    const known = asQboError(error);
    if (!known || hasCode(known, "CANCELLED")) throw error;
    return known;
  }
}
