import { QboError } from "../../core/errors.ts";
import { readStoreName } from "../../core/store-name.ts";
import type { World } from "../../core/world.ts";
import { readSettings } from "../settings.ts";

/**
 * Whoever puts a connection into a team store must have chosen that store: otherwise its tokens would be there, and what the others have
 * to know of it on this machine alone.
 * @throws USAGE when `store` is a team store and not the chosen one.
 */
export async function assertTeamChosen(world: Pick<World, "env" | "configFiles">, store: string): Promise<void> {
  const team = readStoreName(store);
  if (team?.kind !== "postgres") return;
  const chosen = (await readSettings(world)).store;
  if (chosen.value === team.text) return;
  throw new QboError(
    "USAGE",
    `The team store ${team.text} is not the chosen one (that is ${chosen.value}, ${chosen.source}), so those who share it would not see the connection.`,
    {
      hint: "Put its address into QBO_STORE, or into the configuration (qbo config set store …), then repeat the command.",
    },
  );
}
