import { createSealer } from "../adapters/vault/store-key-sealer.ts";
import { QboError } from "../core/errors.ts";
import type { Secret } from "../core/secret.ts";
import type { StoreInit, StoreReseal } from "../core/team-store.ts";
import { formatStoreName, readStoreName } from "../core/store-name.ts";
import type { TeamStore } from "../core/team-store.ts";
import type { OpenTeam } from "./team.ts";

/** `World.initStore`, for the team stores that `openTeam` opens. */
export async function initTeamStore(openTeam: OpenTeam, store: string): Promise<StoreInit> {
  const { team } = await open(openTeam, store, "needs no preparation");
  return team.initialise();
}

/** `World.resealTeamStore`, for the team stores that `openTeam` opens. */
export async function resealTeamStore(openTeam: OpenTeam, store: string, storeKey: Secret): Promise<StoreReseal> {
  const { name, team } = await open(openTeam, store, "is no team store");
  return team.reseal(createSealer({ storeKey, store: `the team store ${name}` }));
}

async function open(openTeam: OpenTeam, store: string, problem: string): Promise<{ name: string; team: TeamStore }> {
  const name = readStoreName(store);
  if (name?.kind === "postgres") return { name: name.text, team: await openTeam(name) };
  throw new QboError("USAGE", `The store ${formatStoreName(store)} ${problem}.`, {
    hint: "Name a team store: qbo store init --store postgres://<user>@<host>/<database>",
  });
}
