import type { ConnectionFacts } from "../../core/connection.ts";
import { hasCode } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";

/** Another process may take the name at the same moment; then the next free one is tried. */
const mostTries = 5;

/** Who knows which names are taken. */
interface Known {
  /** Finds out which are taken by now. */
  catchUp(this: void): Promise<void>;
}

/**
 * Makes the record of a connection that has none, while that is held. `build` is asked again for a name when another process has taken it.
 * @throws USAGE when no other name will do, as `build` does.
 */
export async function createRecord(
  world: Pick<World, "facts">,
  { catchUp }: Known,
  build: () => ConnectionFacts,
): Promise<ConnectionFacts> {
  for (let tries = 1; ; tries += 1) {
    const facts = build();
    try {
      await world.facts.create(facts);
      return facts;
    } catch (error) {
      if (!hasCode(error, "USAGE") || tries === mostTries) throw error;
      await catchUp();
    }
  }
}
