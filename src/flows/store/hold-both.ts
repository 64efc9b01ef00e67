import type { ConnectionId } from "../../core/connection.ts";
import type { CredentialStore, HeldTokens, TokensWait } from "../../core/store-ports.ts";

/** A store that is open, by its name. */
export interface OpenStore {
  name: string;
  store: CredentialStore;
}

export interface Both {
  from: HeldTokens;
  to: HeldTokens;
}

/**
 * Holds a connection in two stores at once. Everybody takes the locks in the same order, so that nobody waits for each other: this
 * machine's first, then those of team stores by their names.
 */
export function holdBoth<T>(
  { id, from, to }: { id: ConnectionId; from: OpenStore; to: OpenStore },
  work: (both: Both) => Promise<T>,
  wait: Pick<TokensWait<T>, "announce" | "signal">,
): Promise<T> {
  const { join } = to.store;
  if (from.store.join && join) {
    return from.store.exclusively(id, (held) => work({ from: held, to: join(id, held) }), wait);
  }
  const isFromFirst = from.store.join !== undefined || (!join && from.name < to.name);
  return isFromFirst
    ? from.store.exclusively(id, (one) => to.store.exclusively(id, (two) => work({ from: one, to: two }), wait), wait)
    : to.store.exclusively(id, (two) => from.store.exclusively(id, (one) => work({ from: one, to: two }), wait), wait);
}
