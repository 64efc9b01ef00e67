import type { TeamStore } from "../../core/team-store.ts";

/** The chosen store, when it is a team store: found out when it is first needed. */
export interface Team<K extends keyof TeamStore = keyof TeamStore> {
  /** The store's name, as it is recorded with connections. */
  name: string;
  open(): Promise<Pick<TeamStore, K>>;
}

/** Finds the team whose store was chosen; `undefined` when another store was. `K`: what of the team's store is asked for. */
export type FindTeam<K extends keyof TeamStore = keyof TeamStore> = () => Promise<Team<K> | undefined>;
