import { builtInEnvironments } from "../../core/environment.ts";
import type { Settings } from "../settings.ts";

/** The names of all environments that can be chosen. */
export function listEnvironmentNames({ environments }: Pick<Settings, "environments">): string[] {
  return [...new Set([...builtInEnvironments, ...Object.keys(environments)])];
}
