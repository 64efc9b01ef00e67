import type { AppConfig, ConfigFile, EnvironmentConfig } from "../core/config.ts";
import { makePrintable } from "../core/printable.ts";
import type { Setting } from "./variables.ts";

interface Layers {
  /** The nearest first. */
  files: readonly ConfigFile[];
  /** As `mergeApps` gives them. */
  apps: Readonly<Record<string, AppConfig>>;
}

/**
 * The apps of all layers, the nearest first. A nearer layer adds to what a farther one says of the same client; its own
 * client takes the place of the farther one, with nothing left of that but the environment.
 */
export function mergeApps(layers: readonly ConfigFile[]): Record<string, AppConfig> {
  const merged = new Map<string, AppConfig>();
  for (const { config } of layers.toReversed()) {
    for (const [name, near] of Object.entries(config.apps ?? {})) {
      const far = merged.get(name) ?? {};
      const isOther = near.clientId !== undefined && far.clientId !== undefined && near.clientId !== far.clientId;
      const kept = isOther ? (far.environment === undefined ? {} : { environment: far.environment }) : far;
      merged.set(name, { ...kept, ...near });
    }
  }
  return Object.fromEntries(merged);
}

/** The environments of all layers. Addresses belong together, so the nearest definition counts as a whole. */
export function mergeEnvironments(layers: readonly ConfigFile[]): Record<string, EnvironmentConfig> {
  return Object.fromEntries(layers.toReversed().flatMap(({ config }) => Object.entries(config.environments ?? {})));
}

/** The file that says which client an app is. */
export function findClientSource({ files }: Pick<Layers, "files">, app: string): string | undefined {
  const file = files.find(({ config }) => findOwn(config.apps, app)?.clientId !== undefined);
  return file && makePrintable(file.path);
}

/** The apps of an environment in the nearest layer that has one with a client: the one named like it, or all. */
export function listNearestApps({ files, apps }: Layers, environment: string): string[] {
  for (const { config } of files) {
    const names = Object.entries(config.apps ?? {})
      .filter(([name, { clientId }]) => clientId !== undefined && (apps[name]?.environment ?? name) === environment)
      .map(([name]) => name);
    if (names.length > 0) return names.includes(environment) ? [environment] : names;
  }
  return [];
}

/**
 * What applies to an app: the general setting or the app's own, whichever stands in the nearer layer; in one file the
 * general one.
 */
export function pickForApp<T>(
  { files, apps }: Layers,
  app: string,
  { general, read }: { general: Setting<T> | undefined; read(this: void, config: AppConfig): T | undefined },
): T | undefined {
  const own = read(findOwn(apps, app) ?? {});
  if (!general || own === undefined) return general?.value ?? own;
  const isOfGeneral = ({ layer }: ConfigFile) => layer === general.layer;
  const hasOwn = ({ config }: ConfigFile) => read(findOwn(config.apps, app) ?? {}) !== undefined;
  const nearest = files.find((file) => isOfGeneral(file) || hasOwn(file));
  return files.some(isOfGeneral) && nearest && !isOfGeneral(nearest) ? own : general.value;
}

function findOwn<T>(entries: Record<string, T> | undefined, name: string): T | undefined {
  return entries && Object.hasOwn(entries, name) ? entries[name] : undefined;
}
