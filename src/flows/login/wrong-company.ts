import { QboError } from "../../core/errors.ts";
import { AnswerLost, NotSent } from "../../core/failures.ts";
import type { World } from "../../core/world.ts";
import type { Client } from "../../oauth/client.ts";
import { buildRevocationRequest, readRevocationAnswer } from "../../oauth/revocation.ts";
import type { TokenGrant } from "../../oauth/token-answer.ts";
import { openChannel } from "../channel.ts";
import type { KnownConnection, LoginPlan } from "./plan.ts";

type Doors = Pick<World, "http" | "certificates" | "interruption" | "facts">;

/**
 * Refuses a consent that was given for another company than the connection's, and gives the fresh grant back, unless a stored
 * connection has that company and client: revoking may reach its tokens, too.
 * @throws WRONG_COMPANY when the companies differ.
 */
export async function assertSameCompany(
  world: Doors,
  { plan, client, expected }: { plan: LoginPlan; client: Client; expected: KnownConnection },
  { grant, realmId }: { grant: TokenGrant; realmId: string },
): Promise<void> {
  if (expected.realmId === realmId) return;
  const holder = (await world.facts.list()).find(
    (facts) =>
      facts.realmId === realmId &&
      facts.clientId === client.id &&
      facts.environment === plan.environment.name &&
      facts.disconnectedAt === null,
  );
  const fate = holder
    ? `it already is connected as ${holder.name}`
    : (await giveBack(world, plan, { client, grant }))
      ? "that consent was given back"
      : "that consent could not be given back";
  const who =
    expected.companyName === null ? `the company ${expected.realmId}` : `${expected.companyName} (${expected.realmId})`;
  throw new QboError(
    "WRONG_COMPANY",
    `Consent was given for the company ${realmId}, but ${expected.name} is ${who}; ${fate}.`,
    {
      hint: `Choose the right company: qbo login ${expected.name}. To connect the other one as well: qbo login --env ${plan.environment.name} --name <name>`,
      details: { connection: expected.name },
    },
  );
}

async function giveBack(
  world: Doors,
  plan: LoginPlan,
  { client, grant }: { client: Client; grant: TokenGrant },
): Promise<boolean> {
  const channel = await openChannel(world, plan.environment.name);
  try {
    const answer = await channel.send(
      buildRevocationRequest(plan.environment.endpoints.revocation, client, grant.refreshToken.secret),
    );
    return readRevocationAnswer(answer).kind === "revoked";
  } catch (error) {
    if (error instanceof NotSent || error instanceof AnswerLost) return false;
    throw error;
  }
}
