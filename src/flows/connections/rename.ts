import type { ConnectionFacts } from "../../core/connection.ts";
import { isConnectionName } from "../../core/connection-name.ts";
import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import type { World } from "../../core/world.ts";
import { readSettings } from "../settings.ts";

type Doors = Pick<World, "env" | "facts" | "configFiles" | "notices">;

/** Makes a connection the one that commands use when none is named. Says when something nearer names another one. */
export async function useConnection(world: Doors, facts: ConnectionFacts): Promise<void> {
  await world.configFiles.setUser(["connection"], facts.name);
  const { connection } = await readSettings(world);
  if (connection && connection.layer !== "user")
    world.notices.warn(
      `${connection.source} names ${makePrintable(connection.value, 80)}, which wins over the default.`,
    );
}

/**
 * Gives a connection a new name; where it is the default, it stays that.
 * @throws USAGE when the name cannot be used or is taken.
 */
export async function renameConnection(world: Doors, facts: ConnectionFacts, name: string): Promise<ConnectionFacts> {
  if (!isConnectionName(name)) {
    throw new QboError("USAGE", `${makePrintable(name, 80)} cannot be the name of a connection.`, {
      hint: "Use lower-case letters, digits and hyphens, not digits alone, and no reserved word.",
    });
  }
  if (name === facts.name) return facts;
  await world.facts.rename(facts.name, name);
  const file = await world.configFiles.readUser();
  if (file?.config.connection === facts.name) await world.configFiles.setUser(["connection"], name);
  const { connection } = await readSettings(world);
  if (connection?.value === facts.name)
    world.notices.warn(`${connection.source} still names ${facts.name}, which is now ${name}.`);
  return { ...facts, name };
}
