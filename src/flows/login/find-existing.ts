import type { ConnectionFacts } from "../../core/connection.ts";
import { isConnectionName } from "../../core/connection-name.ts";
import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import { isRealmId } from "../../core/realm-id.ts";
import type { World } from "../../core/world.ts";
import type { ConnectionChoice } from "../connections/choose-connection.ts";

/**
 * The connection that a sign-in names, if it exists already.
 * @throws AMBIGUOUS_CONNECTION, and USAGE when it belongs to another environment than the one given.
 */
export async function findExisting(
  world: Pick<World, "facts">,
  { connection, environment, app }: ConnectionChoice,
): Promise<ConnectionFacts | undefined> {
  if (connection === undefined) return undefined;
  const matches = isRealmId(connection)
    ? (await listOfRealm(world, connection)).filter(
        (facts) => (environment ?? facts.environment) === facts.environment && (app ?? facts.app) === facts.app,
      )
    : [isConnectionName(connection) ? await world.facts.read(connection) : undefined].filter(
        (facts) => facts !== undefined,
      );
  const [facts, another] = matches;
  if (another) {
    throw new QboError("AMBIGUOUS_CONNECTION", `Several connections have the realm ID ${connection}.`, {
      hint: "Name one: qbo status lists them.",
    });
  }
  if (facts && environment !== undefined && environment !== facts.environment) {
    throw new QboError("USAGE", `${facts.name} belongs to the environment ${facts.environment}.`, {
      hint: `Leave out --env, or choose another name: qbo login --env ${makePrintable(environment, 60)} --name <name>`,
      details: { connection: facts.name },
    });
  }
  return facts;
}

/** Throws STORE_CORRUPT when a damaged record may be one of these. */
async function listOfRealm(world: Pick<World, "facts">, realmId: string): Promise<ConnectionFacts[]> {
  const { facts, damaged } = await world.facts.survey();
  const suspect = damaged.find(({ id }) => id === null || id.endsWith(`/${realmId}`));
  if (suspect) throw suspect.error;
  return facts.filter((known) => known.realmId === realmId);
}
