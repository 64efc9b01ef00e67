import type { ConnectionId } from "../../../core/connection.ts";
import { formatDuration } from "../../../core/duration.ts";
import { minute, second } from "../../../core/instant.ts";
import { pass, skip, warn } from "../check-result.ts";
import type { Check, DoctorDoors } from "../examination.ts";

/** How long a lock is held at most when all goes well: a request may take a minute. */
const longestHold = 2 * minute;

/** A holder elsewhere counts as gone only after it was watched for a while (two heartbeats). */
const longestWatch = 20 * second;

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
    if (!facts || !(await isAbandoned(world, facts.id))) return undefined;
    const store = await world.openStore(facts.store);
    const began = world.clock.now();
    const outcome = await store.exclusively(facts.id, async () => "taken" as const, {
      leaveWith: () => (world.clock.now() - began > longestWatch ? ("held" as const) : undefined),
      signal: world.interruption,
    });
    return outcome === "taken" ? "The lock that was left behind was removed." : undefined;
  },
};

async function isAbandoned(world: DoctorDoors, id: ConnectionId): Promise<boolean> {
  return (await (await world.machine()).inspectLock(id))?.isAbandoned ?? false;
}
