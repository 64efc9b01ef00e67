import type { AppConfig } from "../../core/config.ts";
import type { ConnectionFacts } from "../../core/connection.ts";
import type { Environment } from "../../core/environment.ts";
import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import type { Secret } from "../../core/secret.ts";
import type { World } from "../../core/world.ts";
import { emulatorClient } from "../../intuit/environments.ts";
import { defaultScopes } from "../../intuit/scopes.ts";
import { defaultRedirectUri, readRedirectUri, type RedirectUri } from "../../oauth/redirect-uri.ts";
import { findClientSource, listNearestApps, pickForApp } from "../config-layers.ts";
import { findAppConfig, withProject, type Settings } from "../settings.ts";
import { findClientSecret, readSecretFromEnvironment } from "./client-secret.ts";

/** An OAuth client as it applies to a sign-in. */
export interface App {
  name: string;
  environment: string;
  clientId: string;
  redirectUri: RedirectUri;
  scopes: string[];
  /** Where the client ID was set. */
  source: string;
}

export interface AppReport {
  name: string;
  environment: string;
  clientId: string;
  redirectUri: string;
  scopes: string[];
  hasSecret: boolean;
  source: string;
}

type Doors = Pick<World, "env" | "clients" | "openStore">;

/**
 * The app for a sign-in to `environment`: the client of the environment variables, the chosen one, the one that the nearest
 * layer has for the environment.
 * @throws APP_NOT_CONFIGURED when there is none; USAGE when the chosen one belongs to another environment, or several fit.
 */
export function resolveApp(settings: Settings, environment: Pick<Environment, "name">): App {
  const name = findAppName(settings, environment.name);
  const app = findApp(settings, environment.name, name);
  if (!app) {
    throw new QboError(
      "APP_NOT_CONFIGURED",
      `No app is configured for the environment ${environment.name}${name === environment.name ? "" : ` under the name ${makePrintable(name, 80)}`}.`,
      {
        hint: `Give its keys: qbo app set --env ${environment.name} --client-id <id> --client-secret-stdin (or set QBO_CLIENT_ID and QBO_CLIENT_SECRET)`,
      },
    );
  }
  if (app.environment !== environment.name) {
    throw new QboError(
      "USAGE",
      `The app ${name} belongs to the environment ${app.environment}, not to ${environment.name}.`,
      {
        hint: `Use --env ${app.environment}, or another app: qbo app list`,
      },
    );
  }
  return app;
}

/**
 * The name of the app for an environment: the chosen one, the only one of the nearest layer, the environment's own name.
 * @throws USAGE when that layer has several.
 */
function findAppName(settings: Settings, environment: string): string {
  if (settings.app) return settings.app.value;
  const [name = environment, ...others] = settings.clientId ? [] : listNearestApps(settings, environment);
  if (others.length === 0) return name;
  throw new QboError("USAGE", `Several apps belong to ${environment}: ${[name, ...others].join(", ")}.`, {
    hint: `Choose one with --app ${name}, or set it: qbo config set app ${name}`,
  });
}

function findApp(settings: Settings, environment: string, name: string): App | undefined {
  const configured = findAppConfig(settings, name);
  const build = (clientId: string, source: string, own: AppConfig): App => ({
    name,
    environment: own.environment ?? environment,
    clientId,
    redirectUri: readRedirectUri(findRedirectUri(settings, name)),
    scopes: pickForApp(settings, name, { general: settings.scopes, read: ({ scopes }) => scopes }) ?? [
      ...defaultScopes,
    ],
    source,
  });
  if (settings.clientId)
    return build(settings.clientId.value, settings.clientId.source, { ...configured, environment });
  if (configured?.clientId)
    return build(configured.clientId, findClientSource(settings, name) ?? "", { environment: name, ...configured });
  return environment === "emulator" && name === "emulator"
    ? build(emulatorClient.id, "built-in", configured ?? {})
    : undefined;
}

/** The redirect URI of an app, as it is configured: perhaps none that can be used. */
export function findRedirectUri(settings: Settings, app: string): string {
  const picked = pickForApp(settings, app, { general: settings.redirectUri, read: ({ redirectUri }) => redirectUri });
  return picked ?? defaultRedirectUri;
}

/** The client ID that a connection's app has by now, also by a project's file, if it is configured at all. */
export function findConfiguredClientId(
  settings: Settings,
  facts: Pick<ConnectionFacts, "app" | "environment">,
): string | undefined {
  return findApp({ ...withProject(settings), clientId: undefined }, facts.environment, facts.app)?.clientId;
}

/** Every app that is known: configured, also by a project's file, given by environment variables, built in. */
export async function listApps(world: Doors, current: Settings): Promise<AppReport[]> {
  const settings = withProject(current);
  const environment = settings.environment?.value;
  const names = Object.keys(settings.apps).filter((name) => settings.apps[name]?.clientId !== undefined);
  const configured = names.map((name) =>
    findApp({ ...settings, clientId: undefined }, settings.apps[name]?.environment ?? name, name),
  );
  const given =
    settings.clientId && environment !== undefined
      ? [findApp(settings, environment, settings.app?.value ?? environment)]
      : [];
  const builtIn = names.includes("emulator")
    ? []
    : [findApp({ ...settings, clientId: undefined }, "emulator", "emulator")];
  const apps = [...given, ...configured, ...builtIn].filter((app) => app !== undefined);
  return Promise.all(apps.map((app) => reportApp(world, app)));
}

/** An app as `app list` shows it. Whether its secret is known is told without unlocking a store. */
export async function reportApp(world: Doors, app: App): Promise<AppReport> {
  const hasSecret =
    readSecretFromEnvironment(world.env, app.clientId) !== undefined ||
    app.clientId === emulatorClient.id ||
    (await world.clients.read(app.clientId)) !== undefined;
  const { name, environment, clientId, scopes, source } = app;
  return { name, environment, clientId, redirectUri: app.redirectUri.text, scopes, hasSecret, source };
}

/** The app's secret. @throws APP_NOT_CONFIGURED when nobody has given it. */
export async function readAppSecret(world: Doors, app: App): Promise<Secret> {
  const secret = await findClientSecret(world, app.clientId);
  if (secret) return secret;
  throw new QboError("APP_NOT_CONFIGURED", `The client secret of the app ${app.name} (${app.clientId}) is not known.`, {
    hint: `Store it: qbo app set --env ${app.environment} --client-id ${app.clientId} --client-secret-stdin`,
  });
}
