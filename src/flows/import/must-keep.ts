import type { ConnectionFacts } from "../../core/connection.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";
import type { ImportEntry } from "./read-entries.ts";

interface Encounter {
  previous: ConnectionFacts;
  stored: Tokens;
  entry: ImportEntry;
}

/**
 * Whether the stored token stays, and the given one is not even sent: Intuit may answer an old token by ending the whole chain. A newer token is
 * never replaced; one whose age cannot be compared is replaced only when the stored one is of no use any more.
 */
export function mustKeep(world: Pick<World, "notices" | "clock">, { previous, stored, entry }: Encounter): boolean {
  const { name } = previous;
  const isNewer = entry.rotatedAt !== undefined && entry.rotatedAt > stored.refreshToken.rotatedAt;
  // A rejection is evidence, not a verdict: it lets a token of unknown age in, and no older one.
  const isUseless =
    previous.disconnectedAt !== null ||
    (stored.refreshToken.expiresAt ?? Infinity) <= world.clock.now() ||
    (previous.rejection !== null && entry.rotatedAt === undefined);
  if (isUseless || isNewer) return false;
  const reason =
    entry.rotatedAt === undefined
      ? "the given one does not say how old it is (rotatedAt)"
      : "the given one is not newer";
  world.notices.warn(
    `${name} keeps the token that is stored: ${reason}. To replace it all the same: qbo revoke ${name} --local-only --yes`,
  );
  return true;
}
