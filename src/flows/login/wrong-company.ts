import { formatConnectionId } from "../../core/connection.ts";
import { asQboError, QboError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import type { Client } from "../../oauth/client.ts";
import type { TokenGrant } from "../../oauth/token-answer.ts";
import { revokeNoted } from "../revoke/revoke-noted.ts";
import type { KnownConnection, LoginPlan } from "./plan.ts";

type Doors = Pick<World, "http" | "certificates" | "interruption" | "facts" | "clock" | "journal" | "notices">;

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
  const id = formatConnectionId({ environment: plan.environment.name, clientId: client.id, realmId });
  const { facts, damaged } = await world.facts.survey();
  const holder = facts.find((known) => known.id === id && known.disconnectedAt === null);
  const suspect = damaged.find((each) => each.id === null || each.id === id);
  const fate = holder
    ? `it already is connected as ${holder.name}`
    : suspect
      ? `it may be connected as ${suspect.name}, whose record is damaged, so that consent was not given back`
      : (await giveBack(world, plan, { client, grant, realmId }))
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

/** Whether the consent is given back; in the journal it says under which company it was given. */
async function giveBack(
  world: Doors,
  plan: LoginPlan,
  { client, grant, realmId }: { client: Client; grant: TokenGrant; realmId: string },
): Promise<boolean> {
  const { name: environment, endpoints } = plan.environment;
  const connection = formatConnectionId({ environment, clientId: client.id, realmId });
  const token = grant.refreshToken.secret;
  try {
    return (await revokeNoted(world, { place: { environment, endpoints }, client, token, connection })) === "revoked";
  } catch (error) {
    const known = asQboError(error);
    if (!known || known.code === "CANCELLED") throw error;
    return false;
  }
}
