import type { ConnectionFacts } from "../../core/connection.ts";
import type { Environment } from "../../core/environment.ts";
import { hasCode } from "../../core/errors.ts";
import { defaultRedirectUri, readRedirectUri } from "../../oauth/redirect-uri.ts";
import { type App, resolveApp } from "../apps/apps.ts";
import type { Settings } from "../settings.ts";
import { offerSetup, type SetupDoors } from "./setup.ts";

export interface AppQuestion {
  settings: Settings;
  environment: Environment;
  /** The connection that is to keep its app: a reconnect moves it to another one only when that is named. */
  kept: ConnectionFacts | undefined;
}

/**
 * The app for a sign-in. A reconnect goes on with the client that made the connection when no app is configured any more; a person at the
 * terminal is asked for the keys.
 * @throws APP_NOT_CONFIGURED.
 */
export async function chooseApp(world: SetupDoors, { settings, environment, kept }: AppQuestion): Promise<App> {
  const narrowed: Settings = kept ? { ...settings, app: { value: kept.app, source: kept.name } } : settings;
  try {
    return resolveApp(narrowed, environment);
  } catch (error) {
    if (!hasCode(error, "APP_NOT_CONFIGURED")) throw error;
    if (kept && (await world.clients.read(kept.clientId))) {
      return {
        name: kept.app,
        environment: environment.name,
        clientId: kept.clientId,
        redirectUri: readRedirectUri(settings.redirectUri?.value ?? defaultRedirectUri),
        scopes: kept.scopes,
        source: kept.name,
      };
    }
    if (!world.prompter.canAsk) throw error;
    return offerSetup(world, { settings: narrowed, environment });
  }
}
