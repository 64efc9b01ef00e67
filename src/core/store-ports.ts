import type { ConnectionFacts, ConnectionId } from "./connection.ts";
import type { QboError } from "./errors.ts";
import type { JournalEvent } from "./journal-event.ts";
import type { EventQuery } from "./journal-query.ts";
import type { Secret } from "./secret.ts";
import type { Tokens } from "./tokens.ts";

/**
 * Keeps secrets of 1 to 8,192 bytes (UTF-8, without NUL) by key. A key is a path of printable ASCII without spaces.
 * - `read` answers `undefined` when nothing is stored under the key, and throws STORE_UNAVAILABLE when it cannot know.
 *   STORE_CORRUPT means that something is stored and cannot be used (damaged, or sealed with another key).
 * - `write` is durable before it resolves. A reader never sees a mixture of two values; where the store can only
 *   write in pieces, a torn write leaves at least the first line of the new value or the whole of the old one.
 * - `remove` answers whether there was something to remove; removing twice is no error.
 * - `probe` writes, reads and removes a value of its own, and throws STORE_UNAVAILABLE, with the reason, the
 *   package to install and the alternatives, when any of that fails. With `mayAsk` a person is given time to unlock it.
 */
export interface Vault {
  read(key: string): Promise<Secret | undefined>;
  write(key: string, value: Secret): Promise<void>;
  remove(key: string): Promise<boolean>;
  probe(options: { mayAsk: boolean }): Promise<void>;
  /** One plain sentence: where the secrets lie and what protects them. */
  describe(): Promise<string>;
  /** As `CredentialStore` has it. */
  findKeySource?(this: void): KeySource | undefined;
}

/** Where the key of a store lies: in QBO_STORE_KEY, in the keychain, or in a file beside the records. */
export type KeySource = "environment" | "keychain" | "key-file";

/** Proof of being the only one, of any process, who works under a lock's name. */
export interface HeldLock {
  /** Throws LOCK_TIMED_OUT when the lock was lost, for example because this machine slept past the stale time. */
  assertOwned(): Promise<void>;
}

/** What a waiter does while somebody else holds the lock. */
export interface LockWait<T> {
  /** Asked again and again while waiting: an answer other than `undefined` ends the wait without the lock. */
  poll?(): Promise<T | undefined>;
  /** Called once, when the wait has lasted 2 s. */
  announce?(holder: string): void;
  signal?: AbortSignal;
}

/** Mutual exclusion between processes. Throws LOCK_TIMED_OUT after 120 s of waiting, CANCELLED when `signal` is aborted. */
export interface Lock {
  exclusively<T>(name: string, work: (held: HeldLock) => Promise<T>, wait?: LockWait<T>): Promise<T>;
}

/** Work on one connection's tokens that nobody else can do at the same time. */
export interface HeldTokens {
  /** Throws LOCK_TIMED_OUT when what keeps others away was lost meanwhile. */
  assertOwned(): Promise<void>;
  load(): Promise<Tokens | undefined>;
  /** Notices, as far as that can be told cheaply, that a save would fail. Throws STORE_UNAVAILABLE. */
  checkWritable(): Promise<void>;
  /** Durable before it resolves. Throws `StaleGeneration` when `after` is not the stored generation (0: nothing stored). */
  save(tokens: Tokens, options: { after: number }): Promise<void>;
  /** As `save`, over whatever is stored, also over what cannot be read: for a fresh consent, which nothing older can outdo. */
  replace(tokens: Tokens): Promise<void>;
  remove(): Promise<boolean>;
}

/** What a waiter for a connection does meanwhile: `leaveWith` sees the stored tokens again and again. */
export interface TokensWait<T> {
  leaveWith?(this: void, current: Tokens | undefined): T | undefined;
  announce?(this: void, holder: string): void;
  signal?: AbortSignal;
}

/**
 * Keeps the tokens of each connection, and client secrets beside them.
 * - `load` answers `undefined` when nothing is stored; throws STORE_UNAVAILABLE when it cannot know.
 * - `exclusively` lets one holder, of any process (team store: any machine), work on a connection. Loading and saving
 *   while held go through `held`, so that a store which locks rows can use the same transaction. `held.save` refuses
 *   (throws `StaleGeneration`) when `after` is no longer the stored generation; 0 means that nothing is stored yet.
 */
export interface CredentialStore {
  load(id: ConnectionId): Promise<Tokens | undefined>;
  exclusively<T>(id: ConnectionId, work: (held: HeldTokens) => Promise<T>, wait?: TokensWait<T>): Promise<T>;
  /**
   * The same connection's tokens in this store, for whoever holds it in another one. Only stores that keep others away with the lock of this
   * machine have it: they all share that lock. A store with a lock of its own (the team store) has none: hold it inside of the machine's lock.
   */
  join?(this: void, id: ConnectionId, held: HeldTokens): HeldTokens;
  readClientSecret(clientId: string): Promise<Secret | undefined>;
  writeClientSecret(clientId: string, secret: Secret): Promise<void>;
  removeClientSecret(clientId: string): Promise<boolean>;
  probe(options: { mayAsk: boolean }): Promise<void>;
  describe(): Promise<string>;
  /** Where the key is looked for, in stores whose key may lie in several places; `undefined` before anything was written. */
  findKeySource?(this: void): KeySource | undefined;
}

export type ResealOutcome = "resealed" | "unchanged" | "absent";

/** How many records are sealed with a key, by its name; null stands for records that cannot be read. */
export interface KeyUse {
  key: string | null;
  records: number;
}

/**
 * A change of the key that seals a store, record by record. Until `finish` both keys may write. It can be begun again with the same keys
 * after an interruption at any point.
 */
export interface Rekeying {
  /** The names of the keys. */
  readonly from: string;
  readonly to: string;
  /** Lets the new key in, and does `work` while nobody else changes the key. Throws CONFIG_INVALID when a change to yet another one is not finished. */
  begin<T>(work: () => Promise<T>): Promise<T>;
  /** Seals what the vault keeps under `name` anew, while the lock of that name is held. Throws STORE_CORRUPT, STORE_UNAVAILABLE. */
  reseal(name: string, lockName: string): Promise<ResealOutcome>;
  count(): Promise<KeyUse[]>;
  /** Shuts the old key out. */
  finish(): Promise<void>;
}

/** A record that cannot be used. */
export interface DamagedFacts {
  /** The name under which it lies, printable. */
  name: string;
  /** Whose it is, where that can be told for certain. */
  id: ConnectionId | null;
  /** STORE_CORRUPT, naming the file and what to do about it. */
  error: QboError;
}

/**
 * What is known about connections without secrets, one record per connection, found by its name.
 * - `list` leaves out nothing: a damaged record throws STORE_CORRUPT naming the file. It is for whoever must know them all, as before
 *   anything that cannot be undone.
 * - `survey` gives every record that can be read and names those that cannot, which it is for the caller to tell. It is for whoever
 *   can do something for the others. A folder that cannot be read throws FILES_UNAVAILABLE all the same.
 * - `surveyHere` is the same for this machine's alone, where there are others, too: it needs no server.
 * - `names` gives the names alone, damaged records' as `survey` does, in no order: it is for whoever asks again and again what is new.
 * - `create` throws USAGE when the name exists; `update` rewrites atomically what `change` returns,
 *   and does nothing when the record is gone; `rename` never overwrites.
 */
export interface FactsStore {
  list(): Promise<ConnectionFacts[]>;
  survey(): Promise<{ facts: ConnectionFacts[]; damaged: DamagedFacts[] }>;
  surveyHere?(): ReturnType<FactsStore["survey"]>;
  names(): Promise<string[]>;
  read(name: string): Promise<ConnectionFacts | undefined>;
  create(facts: ConnectionFacts): Promise<void>;
  update(name: string, change: (current: ConnectionFacts) => ConnectionFacts): Promise<ConnectionFacts | undefined>;
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<boolean>;
}

/**
 * The memory of what happened. `append` is on disk before it resolves; `read` gives what any of the queries asks for, the oldest first,
 * and skips torn lines. A journal may be long, and far away: whoever can say what is wanted says it.
 */
export interface Journal {
  append(event: Omit<JournalEvent, "at" | "host" | "pid">): Promise<void>;
  read(...queries: [EventQuery, ...EventQuery[]]): Promise<JournalEvent[]>;
  /** How many events a query asks for, its limit aside. */
  count(query: EventQuery): Promise<number>;
  /** Removes every event about a connection. */
  forget(connection: string): Promise<void>;
}
