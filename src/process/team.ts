import type { Notices } from "../core/ports.ts";
import { readStoreName } from "../core/store-name.ts";
import type { TeamStore } from "../core/team-store.ts";
import type { World } from "../core/world.ts";
import { createSharedClients } from "../flows/team/clients.ts";
import { createSharedFacts } from "../flows/team/facts.ts";
import { createSharedJournal } from "../flows/team/journal.ts";
import { watchOwnConnections } from "../flows/team/own-connections.ts";
import type { FindTeam, Team } from "../flows/team/reach.ts";
import { openOnce } from "./open-once.ts";
import type { TeamParts, TeamStoreName } from "./team-store.ts";

/** Opens team stores, each once; nothing is asked of a server before it has to be. */
export type OpenTeam = (name: TeamStoreName) => Promise<TeamStore>;

/** Opens team stores of which nothing is asked yet. */
export function openTeams(parts: TeamParts): OpenTeam {
  return openOnce(async (name: TeamStoreName) => {
    const { openTeamStore } = await import("./team-store.ts");
    return openTeamStore(name, parts);
  });
}

/** The team store that was chosen, if one was. */
export async function findChosenTeam({
  env,
  configFiles,
}: Pick<TeamParts, "env" | "configFiles">): Promise<TeamStoreName | undefined> {
  const text = env["QBO_STORE"] || (await readConfiguredStore(configFiles));
  const name = text ? readStoreName(text) : undefined;
  return name?.kind === "postgres" ? name : undefined;
}

interface MemoryParts extends Pick<TeamParts, "env" | "configFiles"> {
  notices: Pick<Notices, "warn">;
  openTeam: OpenTeam;
}

type Memory = Pick<World, "facts" | "journal" | "clients">;

/** What is known and remembered: this machine's own and, when a team store was chosen, the team's, too. */
export function shareMemory(own: Memory, { env, configFiles, notices, openTeam }: MemoryParts): Memory {
  if (env["QBO_STORE"] && readStoreName(env["QBO_STORE"])?.kind !== "postgres") return own;
  let found: Promise<Team | undefined> | undefined;
  const find = async (): Promise<Team | undefined> => {
    const name = await findChosenTeam({ env, configFiles });
    return name && { name: name.text, open: () => openTeam(name) };
  };
  const findTeam: FindTeam = () => (found ??= find());
  const { facts, holds } = watchOwnConnections(own.facts);
  return {
    facts: createSharedFacts({ own: facts, findTeam, notices }),
    journal: createSharedJournal({ own: own.journal, isOwn: holds, findTeam }),
    clients: createSharedClients({ own: own.clients, findTeam }),
  };
}

async function readConfiguredStore(configFiles: TeamParts["configFiles"]): Promise<string | undefined> {
  const stores = (await configFiles.readLayers()).map(({ config }) => config.store);
  return stores.find((store) => store !== undefined);
}
