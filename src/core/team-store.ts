import type { Sealer } from "./sealer.ts";
import type { CredentialStore, FactsStore, Journal } from "./store-ports.ts";
import type { ClientRegistry } from "./client-registry.ts";

/** What `qbo store init` found and did. */
export interface StoreInit {
  store: string;
  outcome: "created" | "migrated" | "current";
  /** Of the schema; null when there was none. */
  versionBefore: number | null;
  version: number;
  /** The name of the key that seals the store. */
  keyId: string;
  /** What its owner tells the database to let another role use it, with <role> in the place of the role's name. */
  grants: string[];
}

/** What a change of the key did. */
export interface StoreReseal {
  /** The names of the keys; the same when the store has the new one already. */
  from: string;
  to: string;
  records: number;
}

/** A store that many machines share: tokens and client secrets, and all that is known and remembered of them. */
export interface TeamStore {
  readonly credentials: CredentialStore;
  readonly facts: FactsStore;
  readonly clients: ClientRegistry;
  readonly journal: Journal;
  /** Makes what the store needs in its place, or brings it up to date; does nothing when that was done. */
  initialise(): Promise<StoreInit>;
  /** Seals everything with another key: all of it or nothing. Who shares the store and has the old key is told so from then on. */
  reseal(newKey: Sealer): Promise<StoreReseal>;
}
