import type { ConfigFiles } from "../core/config.ts";
import { QboError } from "../core/errors.ts";
import type { Clock, Notices } from "../core/ports.ts";
import { Secret } from "../core/secret.ts";
import { formatStoreName, readStoreName, type StoreName } from "../core/store-name.ts";
import type { TeamStore } from "../core/team-store.ts";
import type { World } from "../core/world.ts";
import { createSharedClients } from "../flows/team/clients.ts";
import { createSharedFacts } from "../flows/team/facts.ts";
import { createSharedJournal } from "../flows/team/journal.ts";
import { watchOwnConnections } from "../flows/team/own-connections.ts";
import type { FindTeam, Team } from "../flows/team/reach.ts";
import { openOnce } from "./open-once.ts";

type TeamStoreName = Extract<StoreName, { kind: "postgres" }>;

/** Opens team stores, each once; nothing is asked of a server before it has to be. */
export type OpenTeam = (name: TeamStoreName) => Promise<TeamStore>;

export interface TeamParts {
  env: Readonly<Record<string, string | undefined>>;
  configFiles: Pick<ConfigFiles, "readLayers">;
  clock: Clock;
  host: string;
  pid: number;
}

export function openTeams(parts: TeamParts): OpenTeam {
  return openOnce((name: TeamStoreName) => createStore(name, parts));
}

async function createStore(name: TeamStoreName, { env, configFiles, clock, host, pid }: TeamParts): Promise<TeamStore> {
  const { text, address } = await findAddress(name, { env, configFiles });
  const { createTeamStore } = await import("../adapters/postgres/team-store.ts");
  const { createSealer } = await import("../adapters/vault/store-key-sealer.ts");
  const storeKey = env["QBO_STORE_KEY"] ? new Secret(env["QBO_STORE_KEY"]) : undefined;
  const sealer = createSealer({ storeKey, store: `the team store ${text}` });
  return createTeamStore({ address: { text, url: address, env }, sealer, clock, host, pid });
}

/** Facts hold a store's name alone; the password and the parameters of its address are where the user put them. */
async function findAddress(
  name: TeamStoreName,
  { env, configFiles }: Pick<TeamParts, "env" | "configFiles">,
): Promise<TeamStoreName> {
  if (name.address) return name;
  // Only the user's file and the machine's may hold a store; the nearer one counts first.
  const given = [env["QBO_STORE"], ...(await configFiles.readLayers()).map(({ config }) => config.store)];
  for (const text of given) {
    const known = text ? readStoreName(text) : undefined;
    if (known?.kind === "postgres" && known.text === name.text) return known;
  }
  return name;
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

/** The doors of `qbo store init` and `qbo store rekey`. */
export function openTeamKeeping(openTeam: OpenTeam): Pick<World, "initStore" | "resealTeamStore"> {
  const open = async (text: string, problem: string) => {
    const name = readStoreName(text);
    if (name?.kind === "postgres") return { text: name.text, team: await openTeam(name) };
    throw new QboError("USAGE", `The store ${formatStoreName(text)} ${problem}.`, {
      hint: "Name a team store: qbo store init --store postgres://<user>@<host>/<database>",
    });
  };
  return {
    initStore: async (text) => (await open(text, "needs no preparation")).team.initialise(),
    async resealTeamStore(text, storeKey) {
      const { text: store, team } = await open(text, "is no team store");
      const { createSealer } = await import("../adapters/vault/store-key-sealer.ts");
      return team.reseal(createSealer({ storeKey, store: `the team store ${store}` }));
    },
  };
}
