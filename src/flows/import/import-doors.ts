import type { RefreshDoors } from "../refresh/perform-refresh.ts";
import type { World } from "../../core/world.ts";

/** The doors that an import opens: those of a refresh, and the configuration. */
export type ImportDoors = RefreshDoors & Pick<World, "configFiles">;
