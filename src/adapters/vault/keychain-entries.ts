import { QboError } from "../../core/errors.ts";
import { withDeadline } from "./deadline.ts";
import { toKeychainError } from "./keychain-failure.ts";
import type { KeychainStage } from "./keychain-failure.ts";
import { signInAgain } from "./keychain-pieces.ts";
import { exerciseKeychain } from "./keychain-probe.ts";
import { keychainService, loadKeytar } from "./keytar.ts";
import type { Keytar } from "./keytar.ts";

/** The keychain's entries, one by one. All throw STORE_UNAVAILABLE, with the reason, when the keychain cannot be used. */
export interface KeychainEntries {
  /** `undefined` only when the entry is absent from a keychain that works. */
  read(account: string): Promise<string | undefined>;
  write(account: string, entry: string): Promise<void>;
  /** Whether there was something to remove, in a keychain that works. */
  remove(account: string): Promise<boolean>;
  proveUsable(): Promise<void>;
}

export interface KeychainEntriesOptions {
  platform: NodeJS.Platform;
  /** Instead of the native library. */
  keytar: Keytar | undefined;
  /**
   * Milliseconds that one call may take; enough for a person to answer a prompt. A call that is given up cannot be
   * stopped: its thread may hold up the end of this process until the service's own limit, 50 s on Linux.
   */
  callLimit: number;
}

/**
 * The library answers alike for an absent entry and for a locked keychain. So after every such answer the keychain has
 * to prove that it works, by keeping an entry of its own for a moment; an entry that is found costs nothing more.
 */
export function openKeychainEntries({ platform, keytar, callLimit }: KeychainEntriesOptions): KeychainEntries {
  async function call<T>(stage: KeychainStage, work: (library: Keytar) => Promise<T>): Promise<T> {
    const library = keytar ?? (await loadKeytar().catch((error: unknown) => fail("load", error)));
    const late = () => new Error(`no answer within ${callLimit / 1000} s`);
    return withDeadline(work(library), callLimit, late).catch((error: unknown) => fail(stage, error));
  }

  function fail(stage: KeychainStage, cause: unknown): never {
    throw toKeychainError({ stage, message: cause instanceof Error ? cause.message : String(cause), platform, cause });
  }

  async function proveUsable(): Promise<void> {
    const result = await call("write", exerciseKeychain);
    if (!result.ok) throw toKeychainError({ ...result, platform });
  }

  return {
    proveUsable,

    async read(account) {
      const find = () => call("read", (library) => library.getPassword(keychainService, account));
      let found = await find();
      if (found === null) {
        await proveUsable();
        // The proof may have made a person unlock the keychain, so the first answer no longer counts.
        found = await find();
      }
      if (found === "")
        throw new QboError("STORE_CORRUPT", "An entry of the keychain is empty.", { hint: signInAgain });
      return found ?? undefined;
    },

    write: (account, entry) => call("write", (library) => library.setPassword(keychainService, account, entry)),

    async remove(account) {
      const remove = () => call("remove", (library) => library.deletePassword(keychainService, account));
      if (await remove()) return true;
      await proveUsable();
      return remove();
    },
  };
}
