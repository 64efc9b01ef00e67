import type { ConnectionFacts } from "../../core/connection.ts";
import type { Tokens } from "../../core/tokens.ts";
import { keepGivenSecret } from "./import-client.ts";
import type { ImportDoors } from "./import-doors.ts";
import type { ImportEntry } from "./read-entries.ts";

/** How an entry ends for which nothing is asked of Intuit any more. */

/** The connection that an entry became, or met. */
export interface BroughtIn {
  facts: ConnectionFacts;
  outcome: "imported" | "kept";
  /** Whether a refresh has shown that the token works. */
  proven: boolean;
  /** Whether Intuit has replaced the given token by another one meanwhile. */
  isReplaced: boolean;
}

/** What is stored already stays. */
export function keepStored(facts: ConnectionFacts): BroughtIn {
  return { facts, outcome: "kept", proven: false, isReplaced: false };
}

/** What Intuit granted is stored by now; what was to follow was not done. */
export async function finishGranted(
  world: ImportDoors,
  entry: ImportEntry,
  { facts, stored }: { facts: ConnectionFacts; stored: Tokens },
): Promise<BroughtIn> {
  await keepGivenSecret(world, entry, { id: facts.clientId, store: facts.store });
  const isReplaced = !stored.refreshToken.secret.equals(entry.refreshToken);
  return { facts, outcome: "imported", proven: true, isReplaced };
}

export async function keepUnproved(world: ImportDoors, entry: ImportEntry, facts: ConnectionFacts): Promise<BroughtIn> {
  await keepGivenSecret(world, entry, { id: facts.clientId, store: facts.store });
  return { facts, outcome: "imported", proven: false, isReplaced: false };
}
