import type { ConnectionFacts } from "../../core/connection.ts";
import type { Tokens } from "../../core/tokens.ts";
import { settleFacts } from "./admit.ts";
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

interface Kept {
  previous: ConnectionFacts | undefined;
  stored: Tokens;
  build: (tokens: Tokens) => ConnectionFacts;
}

/** A record that no facts belong to gets them: what it holds is worth more than what is given. */
export async function keepStored(world: ImportDoors, { previous, stored, build }: Kept): Promise<BroughtIn> {
  const facts = previous ?? (await settleFacts(world, build(stored), stored));
  return { facts, outcome: "kept", proven: false, isReplaced: false };
}

/** What Intuit granted is stored by now; what was to follow was not done. */
export async function finishGranted(
  world: ImportDoors,
  entry: ImportEntry,
  { previous, stored, build }: Kept,
): Promise<BroughtIn> {
  const facts = previous ?? (await settleFacts(world, build(stored), stored));
  await keepGivenSecret(world, entry, { id: facts.clientId, store: facts.store });
  const isReplaced = !stored.refreshToken.secret.equals(entry.refreshToken);
  return { facts, outcome: "imported", proven: true, isReplaced };
}

export async function keepUnproved(world: ImportDoors, entry: ImportEntry, facts: ConnectionFacts): Promise<BroughtIn> {
  await keepGivenSecret(world, entry, { id: facts.clientId, store: facts.store });
  return { facts, outcome: "imported", proven: false, isReplaced: false };
}
