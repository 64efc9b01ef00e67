import { createTeamStore } from "../adapters/postgres/team-store.ts";
import { createSealer } from "../adapters/vault/store-key-sealer.ts";
import type { ConfigFiles } from "../core/config.ts";
import type { Clock } from "../core/ports.ts";
import { Secret } from "../core/secret.ts";
import { readStoreName, type StoreName } from "../core/store-name.ts";
import type { TeamStore } from "../core/team-store.ts";

export type TeamStoreName = Extract<StoreName, { kind: "postgres" }>;

/** What a team store is opened with. */
export interface TeamParts {
  env: Readonly<Record<string, string | undefined>>;
  configFiles: Pick<ConfigFiles, "readLayers">;
  clock: Clock;
  host: string;
  pid: number;
}

/** Throws STORE_UNAVAILABLE, CONFIG_INVALID. */
export async function openTeamStore(
  name: TeamStoreName,
  { env, configFiles, clock, host, pid }: TeamParts,
): Promise<TeamStore> {
  const { text, address } = await findAddress(name, { env, configFiles });
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
