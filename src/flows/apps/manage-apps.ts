import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import type { Secret } from "../../core/secret.ts";
import { isClientId } from "../../core/setting-names.ts";
import type { World } from "../../core/world.ts";
import { explainRefusal, readRedirectUri } from "../../oauth/redirect-uri.ts";
import { type AppReport, reportApp, resolveApp } from "./apps.ts";
import { keepClientSecret } from "./client-secret.ts";
import { resolveEnvironment } from "../environments/resolve-environment.ts";
import { releaseClientSecret } from "./release-client-secret.ts";
import { findClientSource } from "../config-layers.ts";
import { findAppConfig, readSettings, withProject } from "../settings.ts";

export interface AppChange {
  environment?: string | undefined;
  /** Name of the app; its environment's name unless given. */
  app?: string | undefined;
  clientId?: string | undefined;
  clientSecret?: Secret | undefined;
  redirectUri?: string | undefined;
  scopes?: readonly string[] | undefined;
  store?: string | undefined;
}

type Doors = Pick<
  World,
  | "env"
  | "configFiles"
  | "clients"
  | "openStore"
  | "http"
  | "certificates"
  | "interruption"
  | "notices"
  | "facts"
  | "prompter"
>;

/**
 * Adds an app or changes it. Only what is given changes.
 * @throws USAGE, CONFIG_INVALID, APP_NOT_CONFIGURED (no client ID known), STORE_UNAVAILABLE.
 */
export async function setApp(world: Doors, change: AppChange): Promise<AppReport> {
  const settings = await readSettings(world, { environment: change.environment, app: change.app, store: change.store });
  const current = change.app === undefined ? undefined : findAppConfig(settings, change.app);
  const environmentName = change.environment ?? current?.environment ?? settings.environment?.value;
  if (environmentName === undefined) {
    throw new QboError("USAGE", "Nothing says which environment the app belongs to.", {
      hint: "Add --env sandbox or --env production",
    });
  }
  const environment = await resolveEnvironment(world, settings, environmentName);
  const name = change.app ?? settings.app?.value ?? environmentName;
  const known = findAppConfig(settings, name) ?? {};
  const own = (await world.configFiles.readUser())?.config.apps ?? {};
  const clientId = change.clientId ?? known.clientId;
  if (clientId === undefined) {
    throw new QboError("APP_NOT_CONFIGURED", `The app ${name} has no client ID yet.`, {
      hint: `Add --client-id <id>; Intuit shows it under "Keys & credentials".`,
    });
  }
  if (!isClientId(clientId)) throw new QboError("USAGE", `${makePrintable(clientId, 80)} cannot be a client ID.`);
  const redirect = change.redirectUri === undefined ? undefined : readRedirectUri(change.redirectUri);
  const refusal = redirect && explainRefusal(redirect, environment.redirectRules);
  if (refusal) world.notices.warn(`${refusal}: signing in with ${redirect.text} will fail.`);
  if (change.clientSecret) {
    const store = settings.store.value;
    await (await world.openStore(store)).probe({ mayAsk: world.prompter.canAsk });
    await keepClientSecret(world, { id: clientId, secret: change.clientSecret }, store);
  }
  await world.configFiles.setUser(["apps", name], {
    ...(Object.hasOwn(own, name) ? own[name] : {}),
    environment: environmentName,
    clientId,
    ...(redirect ? { redirectUri: redirect.text } : {}),
    ...(change.scopes ? { scopes: change.scopes } : {}),
  });
  if (known.clientId !== undefined && known.clientId !== clientId) await releaseClientSecret(world, known.clientId);
  const updated = await readSettings({ ...world, env: {} }, { environment: environmentName, app: name });
  return reportApp(world, resolveApp(updated, environment));
}

/**
 * Removes an app from the configuration; its secret, too, once no connection needs it.
 * @throws USAGE when there is no such app.
 */
export async function removeApp(world: Doors, name: string): Promise<void> {
  const settings = await readSettings(world);
  const own = (await world.configFiles.readUser())?.config.apps ?? {};
  const app = Object.hasOwn(own, name) ? own[name] : undefined;
  const elsewhere = findClientSource(withProject(settings), name);
  if (!app && elsewhere !== undefined) {
    throw new QboError("USAGE", `The app ${name} is not in your own file, but in ${elsewhere}.`, {
      hint: `Remove it there; your own file is ${world.configFiles.userPath}`,
    });
  }
  if (!app) {
    throw new QboError("USAGE", `There is no configured app named ${makePrintable(name, 80)}.`, {
      hint: "List the apps: qbo app list",
    });
  }
  await world.configFiles.setUser(["apps", name], undefined);
  if (app.clientId !== undefined) await releaseClientSecret(world, app.clientId);
}
