import { asQboError } from "../../core/errors.ts";
import { AnswerLost } from "../../core/failures.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { Secret } from "../../core/secret.ts";
import type { World } from "../../core/world.ts";
import type { Client } from "../../oauth/client.ts";
import { recordEvent, settle, type JournalEntry } from "../book-keeping.ts";
import { revokeToken, type Revocation, type RevocationPlace } from "./revoke-token.ts";

interface NotedRevocation {
  place: RevocationPlace;
  client: Client;
  token: Secret;
  /** `ConnectionId`; null for a token whose company is not known. */
  connection: string | null;
}

/**
 * As `revokeToken`, noted in the journal before and after, so that also a process that is ended in between leaves evidence.
 * @throws what `revokeToken` throws.
 */
export async function revokeNoted(
  world: Pick<World, "http" | "certificates" | "interruption" | "clock" | "journal" | "notices">,
  { place, client, token, connection }: NotedRevocation,
): Promise<Revocation["outcome"]> {
  const tokenBefore = fingerprint(token);
  const note = (entry: Omit<JournalEntry, "event">) =>
    settle(world, { name: connection ?? "the given token" }, () =>
      recordEvent(world, connection, { event: "revoked", tokenBefore, ...entry }),
    );
  await note({ outcome: "started" });
  try {
    const { outcome, intuitTid } = await revokeToken(world, place, client, token);
    await note({ outcome, intuitTid });
    return outcome;
  } catch (error) {
    const known = asQboError(error);
    const outcome = known?.cause instanceof AnswerLost ? "unconfirmed" : "failed";
    await note({ outcome, detail: known?.message ?? null, intuitTid: known?.details.intuitTid ?? null });
    throw error;
  }
}
