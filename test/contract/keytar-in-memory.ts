import type { Keytar } from "../../src/adapters/vault/keytar.ts";

/** A keychain in memory that misbehaves like the real one: locked, it answers as if it were empty, and fails on writing. */
export class KeytarInMemory implements Keytar {
  readonly entries: Map<string, string>;
  isLocked = false;
  /** Writing unlocks it, as when a person answers the prompt. */
  isUnlockedByWriting = false;
  /** The process dies before this many further writes or removals are done. */
  changesLeft = Number.POSITIVE_INFINITY;
  readonly #maxBytes: number;

  constructor(options: { maxBytes?: number; entries?: Map<string, string> } = {}) {
    this.entries = options.entries ?? new Map<string, string>();
    this.#maxBytes = options.maxBytes ?? Number.POSITIVE_INFINITY;
  }

  async getPassword(service: string, account: string): Promise<string | null> {
    if (this.isLocked) return null;
    return this.entries.get(`${service}|${account}`) ?? null;
  }

  async setPassword(service: string, account: string, password: string): Promise<void> {
    this.#countChange();
    if (this.isLocked && this.isUnlockedByWriting) this.isLocked = false;
    if (this.isLocked) throw new Error("Cannot create an item in a locked collection");
    if (Buffer.byteLength(password) > this.#maxBytes) throw new Error("The stub received bad data.");
    this.entries.set(`${service}|${account}`, password);
  }

  async deletePassword(service: string, account: string): Promise<boolean> {
    this.#countChange();
    return !this.isLocked && this.entries.delete(`${service}|${account}`);
  }

  #countChange(): void {
    this.changesLeft -= 1;
    if (this.changesLeft < 0) throw new Error("killed");
  }
}
