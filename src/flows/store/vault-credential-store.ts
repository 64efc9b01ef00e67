import type { ConnectionId } from "../../core/connection.ts";
import { StaleGeneration } from "../../core/failures.ts";
import type { CredentialStore, HeldTokens, Lock, LockWait, TokensWait, Vault } from "../../core/store-ports.ts";
import { Secret } from "../../core/secret.ts";
import { decodeTokens, encodeTokens } from "../../core/token-record.ts";
import type { Tokens } from "../../core/tokens.ts";
import { nameClientSecret, nameTokens } from "../../core/vault-keys.ts";

export interface VaultStoreParts {
  vault: Vault;
  lock: Lock;
  /** Whether the vault's probe is cheap enough to run before each save that must not fail. */
  isProbeCheap: boolean;
}

/** A credential store made of a plain vault and the lock between processes. */
export function createVaultCredentialStore({ vault, lock, isProbeCheap }: VaultStoreParts): CredentialStore {
  const load = async (id: ConnectionId): Promise<Tokens | undefined> => {
    const record = await vault.read(nameTokens(id));
    return record && decodeTokens(record.reveal());
  };
  return {
    load,
    exclusively: (id, work, wait) =>
      lock.exclusively(
        id,
        (owner) => work(holdTokens({ id, vault, isProbeCheap, load, assertOwned: () => owner.assertOwned() })),
        wait && followLock(wait, () => load(id)),
      ),
    join: (id, held) => holdTokens({ id, vault, isProbeCheap, load, assertOwned: () => held.assertOwned() }),
    readClientSecret: (clientId) => vault.read(nameClientSecret(clientId)),
    writeClientSecret: (clientId, secret) => vault.write(nameClientSecret(clientId), secret),
    removeClientSecret: (clientId) => vault.remove(nameClientSecret(clientId)),
    probe: (options) => vault.probe(options),
    describe: () => vault.describe(),
    ...(vault.findKeySource ? { findKeySource: vault.findKeySource } : {}),
  };
}

interface Holding {
  id: ConnectionId;
  vault: Vault;
  isProbeCheap: boolean;
  load: (id: ConnectionId) => Promise<Tokens | undefined>;
  assertOwned: () => Promise<void>;
}

function holdTokens({ id, vault, isProbeCheap, load, assertOwned }: Holding): HeldTokens {
  const write = async (tokens: Tokens) => {
    await assertOwned();
    await vault.write(nameTokens(id), new Secret(encodeTokens(tokens)));
  };
  return {
    assertOwned,
    load: () => load(id),
    async checkWritable() {
      if (isProbeCheap) await vault.probe({ mayAsk: false });
    },
    replace: write,
    async save(tokens, { after }) {
      const stored = await load(id);
      if ((stored?.generation ?? 0) !== after)
        throw new StaleGeneration(`generation ${after} of ${id} is no longer the stored one`);
      await write(tokens);
    },
    async remove() {
      await assertOwned();
      return vault.remove(nameTokens(id));
    },
  };
}

function followLock<T>(
  { leaveWith, announce, signal }: TokensWait<T>,
  load: () => Promise<Tokens | undefined>,
): LockWait<T> {
  return {
    ...(leaveWith ? { poll: async () => leaveWith(await load()) } : {}),
    ...(announce ? { announce } : {}),
    ...(signal ? { signal } : {}),
  };
}
