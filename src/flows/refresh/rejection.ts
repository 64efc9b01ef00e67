import type { ConnectionFacts } from "../../core/connection.ts";
import { QboError, type ErrorDetails } from "../../core/errors.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";
import { recordEvent, settle } from "../book-keeping.ts";

/** The error of an `invalid_grant`, with the cause that the evidence speaks for. `facts` and `sent` are those of the attempt. */
export async function explainRejection(
  world: Pick<World, "journal" | "clock" | "platform">,
  facts: ConnectionFacts,
  { details, sent }: { details: ErrorDetails; sent: Tokens },
): Promise<QboError> {
  const sentFingerprint = fingerprint(sent.refreshToken.secret);
  const evidence = { ...details, connection: facts.name, sentFingerprint };
  const message = (why: string) => `Intuit rejected the refresh token of ${facts.name}. ${why}`;
  // What was found out when it was marked still holds, and the journal of a fleet is long.
  if (facts.rejection) {
    const { detail } = facts.rejection;
    const hint = `Sign in again: qbo login ${facts.name} (or see what speaks for that: qbo doctor ${facts.name})`;
    return new QboError("REFRESH_REJECTED", message(detail), { hint, details: { ...evidence, explanation: detail } });
  }
  // Nobody whose tokens are good should have to load it.
  const { explainRejection: explain } = await import("../causes/explain-rejection.ts");
  const { sentence, advice } = await explain(world, facts, sent);
  return new QboError("REFRESH_REJECTED", message(sentence), {
    hint: advice,
    details: { ...evidence, explanation: sentence },
  });
}

/** Marks a connection as one that a person must reconnect. Nothing of it is deleted: a success clears the mark. */
export async function markRejected(
  world: Pick<World, "clock" | "facts" | "journal" | "notices">,
  facts: ConnectionFacts,
  error: QboError,
): Promise<void> {
  const intuitTid = error.details.intuitTid ?? null;
  const detail = error.details.explanation ?? error.message;
  await settle(world, facts, async () => {
    await recordEvent(world, facts.id, { event: "reconnect-required", outcome: "rejected", intuitTid, detail });
    const rejection = { at: world.clock.now(), code: error.code, detail, intuitTid };
    // Who has signed in meanwhile has other tokens than the rejected one.
    await world.facts.update(facts.name, (latest) =>
      latest.tokens.refreshTokenFingerprint === error.details.sentFingerprint ? { ...latest, rejection } : latest,
    );
  });
}
