import type { ConnectionFacts } from "../core/connection.ts";
import { QboError, type ErrorDetails } from "../core/errors.ts";
import { formatInstant } from "../core/instant.ts";
import type { World } from "../core/world.ts";
import { recordEvent, settle } from "./book-keeping.ts";

/** The error of an `invalid_grant`, with the cause that the evidence speaks for. `facts` are those from before the attempt. */
export function explainRejection(facts: ConnectionFacts, details: ErrorDetails): QboError {
  return new QboError(
    "REFRESH_REJECTED",
    `Intuit rejected the refresh token of ${facts.name}. ${explainCause(facts)}`,
    {
      hint: `Sign in again, with all its settings kept: qbo login ${facts.name}`,
      details: { ...details, connection: facts.name },
    },
  );
}

function explainCause({ lastRefresh }: ConnectionFacts): string {
  return lastRefresh?.outcome === "unconfirmed"
    ? `Most likely the refresh of ${formatInstant(lastRefresh.at)}, whose answer was lost, replaced it.`
    : "Most likely the app was disconnected in QuickBooks, or another program holds a newer token.";
}

/** Marks a connection as one that a person must reconnect. Nothing of it is deleted: a success clears the mark. */
export async function markRejected(
  world: Pick<World, "clock" | "facts" | "journal" | "notices">,
  facts: ConnectionFacts,
  error: QboError,
): Promise<void> {
  const intuitTid = error.details.intuitTid ?? null;
  const detail = explainCause(facts);
  await settle(world, facts, async () => {
    await recordEvent(world, facts.id, { event: "reconnect-required", outcome: "rejected", intuitTid, detail });
    const rejection = { at: world.clock.now(), code: error.code, detail, intuitTid };
    await world.facts.update(facts.name, (latest) => ({ ...latest, rejection }));
  });
}
