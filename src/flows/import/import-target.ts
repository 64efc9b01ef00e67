import { formatConnectionId, type ConnectionId } from "../../core/connection.ts";
import type { Environment } from "../../core/environment.ts";
import { QboError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import { resolveApp, type App } from "../apps/apps.ts";
import { readSettings, type Settings } from "../settings.ts";
import type { ImportMemory } from "./import-memory.ts";
import type { ImportEntry } from "./read-entries.ts";

/** What the command line says about where entries go. */
export interface ImportChoice {
  environment?: string | undefined;
  app?: string | undefined;
  store?: string | undefined;
}

/** Which connection an entry is about, and by which settings. */
export interface ImportTarget {
  settings: Settings;
  environment: Environment;
  /** Absent when the entry names its client itself. */
  app: App | undefined;
  clientId: string;
  id: ConnectionId;
}

/** What the command line says, and what is known already. */
interface Given extends ImportChoice {
  memory: Pick<ImportMemory, "resolveEnvironment">;
}

/**
 * Finds out which connection an entry is about.
 * @throws USAGE when nothing says its environment, APP_NOT_CONFIGURED when nothing says its client.
 */
export async function findImportTarget(
  world: Pick<World, "env" | "configFiles">,
  entry: ImportEntry,
  { memory, ...choice }: Given,
): Promise<ImportTarget> {
  const settings = await readSettings(world, {
    environment: choice.environment ?? entry.environment,
    app: choice.app ?? entry.app,
    store: choice.store,
  });
  const environment = await memory.resolveEnvironment(settings, requireEnvironment(settings));
  const app = entry.clientId === undefined ? resolveApp(settings, environment) : undefined;
  const clientId = entry.clientId ?? app?.clientId ?? "";
  const id = formatConnectionId({ environment: environment.name, clientId, realmId: entry.realmId });
  return { settings, environment, app, clientId, id };
}

function requireEnvironment({ environment }: Settings): string {
  if (environment) return environment.value;
  throw new QboError("USAGE", "Neither the entry nor anything else says which environment it belongs to.", {
    hint: 'Add "environment":"sandbox" (or production) to the JSON, or give --env',
  });
}
