import { formatDuration } from "../../../core/duration.ts";
import { minute, second } from "../../../core/instant.ts";
import type { Check } from "../examination.ts";
import { pass, skip, warn } from "../finding.ts";

/** How long a lock is held at most when all goes well: a request may take a minute. */
const longestHold = 2 * minute;

/** Who works on the connection. */
export const locks: Check = {
  id: "locks",
  title: "Locks",
  purpose: "No process holds the connection's lock for too long, and none left it behind.",
  needsNetwork: false,
  async run({ world, facts, now }) {
    if (!facts) return skip("There is no connection.");
    const found = await (await world.machine()).inspectLock(facts.id);
    if (!found) return pass("Nobody works on it.");
    if (found.isAbandoned) {
      const fix = "It is taken over by the next who needs it; to do it now: qbo doctor --fix";
      return warn(`A lock was left behind by ${found.holder}.`, fix);
    }
    const held = found.since === null ? 0 : now - found.since;
    const detail = `It is held by ${found.holder}, for ${formatDuration(held / second)}.`;
    return held > longestHold ? warn(detail, "If that process hangs, end it.") : pass(detail);
  },
  /** Takes the lock over as anybody would who needs it, and gives it back. One that is held stays. */
  async mend({ world, facts }) {
    if (!facts) return undefined;
    const store = await world.openStore(facts.store);
    const outcome = await store.exclusively(facts.id, async () => "taken" as const, {
      leaveWith: () => "held" as const,
    });
    return outcome === "taken" ? "The lock that was left behind was removed." : undefined;
  },
};
