import type { CredentialStore, FactsStore, Journal, JournalEvent } from "./store-ports.ts";
import type { ClientRegistry } from "./world.ts";

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

/** A store that many machines share: tokens and client secrets, and all that is known and remembered of them. */
export interface TeamStore {
  readonly credentials: CredentialStore;
  readonly facts: FactsStore;
  readonly clients: ClientRegistry;
  readonly journal: Journal;
  /** Makes what the store needs in its place, or brings it up to date; does nothing when that was done. */
  initialise(): Promise<StoreInit>;
}

/** An event as it is appended: time, host and process are filled in. */
export type NewEvent = Omit<JournalEvent, "at" | "host" | "pid">;
