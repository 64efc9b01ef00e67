import type { ConnectionFacts } from "../../core/connection.ts";
import { hasCode, QboError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import { readServiceStatus } from "../service-status.ts";

type Doors = Pick<World, "http" | "certificates" | "interruption">;

/** Why a run stopped after a row of rejections, with what Intuit's status page says: SERVICE_SUSPECT. */
export async function explainOutage(
  world: Doors,
  rejected: readonly ConnectionFacts[],
  { untried, again }: { untried: number; again: string },
): Promise<QboError> {
  const names = rejected
    .slice(0, 5)
    .map(({ name }) => name)
    .join(", ");
  const report = await askServiceStatus(world, rejected[0]);
  return new QboError(
    "SERVICE_SUSPECT",
    `Intuit rejected ${rejected.length} connections in a row (${names}), which looks like an outage; ${report}.`,
    {
      hint: `None of them was marked, and ${untried} were not tried. Try again in 15 minutes: ${again}`,
    },
  );
}

/** A rejection that is not believed: whoever acts on the results must not ask anybody to sign in again. */
export function hideRejection({ name }: ConnectionFacts, { details }: QboError, again?: string): QboError {
  return new QboError("SERVICE_SUSPECT", `Intuit rejected the refresh token of ${name}, as it did with others.`, {
    hint: `It looks like an outage. Try again in 15 minutes: ${again ?? `qbo refresh ${name}`}`,
    details,
  });
}

/** What Intuit's status page says, in half a sentence. */
async function askServiceStatus(world: Doors, facts: ConnectionFacts | undefined): Promise<string> {
  const environment = facts?.environment ?? "production";
  const status = await readServiceStatus(world, { environment, api: facts?.endpoints.api ?? "" }).catch(
    (error: unknown) => {
      if (hasCode(error, "CANCELLED")) return { kind: "unknown" as const, reason: "was not asked" };
      throw error;
    },
  );
  if (status.kind === "unknown") return `its status page ${status.reason}`;
  return `its status page reports ${status.kind === "incident" ? "an" : "no"} incident`;
}
