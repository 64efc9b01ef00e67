import type { CredentialStore } from "../../src/core/store-ports.ts";
import type { TestWorld } from "./test-world.ts";

const globals = { json: false, quiet: true, verbose: false, debug: false, color: false, input: false };

/** Does `act`, as another process would, when tokens are about to be stored for the first time. */
export function whileSaving(world: TestWorld, act: () => Promise<unknown>): void {
  const doors = world.open(globals, () => undefined);
  let saves = 0;
  const openStore = async (name: string): Promise<CredentialStore> => {
    const store = await doors.openStore(name);
    const exclusively: CredentialStore["exclusively"] = (id, work, wait) =>
      store.exclusively(
        id,
        (held) => {
          const save: typeof held.save = async (...words) => {
            saves += 1;
            if (saves === 1) await act();
            return held.save(...words);
          };
          return work({ ...held, save });
        },
        wait,
      );
    return { ...store, exclusively };
  };
  Object.assign(world.replaced, { openStore });
}
