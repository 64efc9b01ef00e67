import type { ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import { AnswerLost, NotSent } from "../../core/failures.ts";
import type { Secret } from "../../core/secret.ts";
import type { World } from "../../core/world.ts";
import type { Client } from "../../oauth/client.ts";
import { buildRevocationRequest, readRevocationAnswer, type RevocationAnswer } from "../../oauth/revocation.ts";
import { openChannel } from "../channel.ts";
import { checkKeys } from "../key-check.ts";

type Doors = Pick<World, "http" | "certificates" | "interruption" | "clock">;

/** What became of a token, with Intuit's transaction ID. */
export interface Revocation {
  outcome: "revoked" | "already-dead";
  intuitTid: string | null;
}

/** Where a token is revoked. */
export type RevocationPlace = Pick<ConnectionFacts, "environment" | "endpoints">;

/**
 * Revokes one token at Intuit. A 400 means a dead token or wrong keys; a made-up code, exchanged, tells which.
 * @throws CLIENT_REJECTED, INTUIT_BUSY, INTUIT_UNREACHABLE, INTUIT_UNEXPECTED_ANSWER.
 */
export async function revokeToken(
  world: Doors,
  place: RevocationPlace,
  client: Client,
  token: Secret,
): Promise<Revocation> {
  const channel = await openChannel(world, place.environment);
  let answer: RevocationAnswer;
  try {
    answer = readRevocationAnswer(
      await channel.send(buildRevocationRequest(place.endpoints.revocation, client, token)),
    );
  } catch (error) {
    if (error instanceof NotSent || error instanceof AnswerLost) throw channel.describe(error);
    throw error;
  }
  if (answer.kind === "revoked") return { outcome: "revoked", intuitTid: answer.intuitTid };
  if (answer.kind === "dead-or-refused" && (await areKeysRight(world, place, client)))
    return { outcome: "already-dead", intuitTid: answer.details.intuitTid ?? null };
  throw explainRefusal(answer, place, client);
}

/** Whether the keys are right. @throws INTUIT_BUSY when that cannot be found out. */
async function areKeysRight(world: Doors, place: RevocationPlace, client: Client): Promise<boolean> {
  const { verdict, details } = await checkKeys(world, place, client);
  if (verdict !== "unknown") return verdict === "right";
  throw new QboError(
    "INTUIT_BUSY",
    "Intuit refused the revocation, and whether the token is dead or the keys are wrong could not be found out.",
    {
      hint: "Nothing was changed here. Try again in a few minutes.",
      details,
    },
  );
}

function explainRefusal(
  answer: Exclude<RevocationAnswer, { kind: "revoked" }>,
  { environment }: RevocationPlace,
  client: Client,
): QboError {
  const { details } = answer;
  if (answer.kind === "busy") {
    return new QboError(
      "INTUIT_BUSY",
      `Intuit answered the revocation with status ${details.httpStatus ?? "unknown"}.`,
      {
        hint: "Nothing was changed here. Try again in a few minutes.",
        details,
      },
    );
  }
  if (answer.kind === "unusable") {
    return new QboError(
      "INTUIT_UNEXPECTED_ANSWER",
      `Intuit answered the revocation with status ${details.httpStatus ?? "unknown"}.`,
      {
        hint: "Nothing was changed here. See the request with --debug.",
        details,
      },
    );
  }
  return new QboError(
    "CLIENT_REJECTED",
    `Intuit rejected the client ID or the client secret of ${client.id}, so nothing could be revoked.`,
    {
      hint: `Store the right secret: qbo app set --env ${environment} --client-id ${client.id} --client-secret-stdin`,
      details,
    },
  );
}
