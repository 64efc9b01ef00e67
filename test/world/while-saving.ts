import type { CredentialStore } from "../../src/core/store-ports.ts";
import type { TestWorld } from "./test-world.ts";

const globals = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };

/** Does `act`, as another process would, when tokens are about to be stored, or removed, for the first time. */
export function whileSaving(world: TestWorld, act: () => Promise<unknown>): void {
  const doors = world.open(globals, () => undefined);
  let isFirst = true;
  const actOnce = async () => {
    if (!isFirst) return;
    isFirst = false;
    await act();
  };
  const openStore = async (name: string): Promise<CredentialStore> => {
    const store = await doors.openStore(name);
    const exclusively: CredentialStore["exclusively"] = (id, work, wait) =>
      store.exclusively(
        id,
        (held) => {
          const save: typeof held.save = async (...words) => {
            await actOnce();
            return held.save(...words);
          };
          const remove: typeof held.remove = async () => {
            await actOnce();
            return held.remove();
          };
          return work({ ...held, save, remove });
        },
        wait,
      );
    return { ...store, exclusively };
  };
  Object.assign(world.replaced, { openStore });
}
