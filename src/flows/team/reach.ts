import type { TeamStore } from "../../core/team-store.ts";

/** The chosen store, when it is a team store: found out when it is first needed. */
export interface Team {
  /** The store's name, as it is recorded with connections. */
  name: string;
  open(): Promise<TeamStore>;
}

/** Finds the team whose store was chosen; `undefined` when another store was. */
export type FindTeam = () => Promise<Team | undefined>;
