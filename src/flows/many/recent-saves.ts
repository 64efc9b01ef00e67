import { second } from "../../core/instant.ts";
import type { CredentialStore, HeldTokens } from "../../core/store-ports.ts";
import type { World } from "../../core/world.ts";

/** A save that succeeded so short a time ago tells as much as another probe would: milliseconds. */
const evidenceLasts = second;

/**
 * The stores for a run over many connections: whether one can be written is tried before a refresh token is sent, unless it was written
 * a moment ago. After a failure it is tried again each time.
 */
export function trustRecentSaves(world: Pick<World, "clock" | "openStore">): World["openStore"] {
  const savedAt = new Map<string, number>();
  return async (name) => {
    const store = await world.openStore(name);
    const watch = (held: HeldTokens): HeldTokens => ({
      ...held,
      async checkWritable() {
        const age = world.clock.now() - (savedAt.get(name) ?? -Infinity);
        if (age < 0 || age > evidenceLasts) await held.checkWritable();
      },
      async save(tokens, options) {
        try {
          await held.save(tokens, options);
          savedAt.set(name, world.clock.now());
        } catch (error) {
          savedAt.delete(name);
          throw error;
        }
      },
    });
    const exclusively: CredentialStore["exclusively"] = (id, work, wait) =>
      store.exclusively(id, (held) => work(watch(held)), wait);
    return { ...store, exclusively };
  };
}
