import type { ListenAddress } from "../../core/callback-server.ts";
import type { OwnCertificateFiles } from "../../core/certificates.ts";
import type { ConnectionFacts } from "../../core/connection.ts";
import { isConnectionName } from "../../core/connection-name.ts";
import type { Environment } from "../../core/environment.ts";
import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import type { World } from "../../core/world.ts";
import { hasCompanyScope } from "../../intuit/scopes.ts";
import type { App } from "../apps/apps.ts";
import { listEnvironmentNames } from "../environments/environment-names.ts";
import { resolveEnvironment } from "../environments/resolve-environment.ts";
import { findAppConfig, readSettings, type Settings } from "../settings.ts";
import { assertTeamChosen } from "../team/assert-chosen.ts";
import { agreeToProject } from "./agree-to-project.ts";
import { chooseApp } from "./choose-app.ts";
import { chooseWayIn, type WayIn } from "./choose-way-in.ts";
import { findConfiguredCertificate } from "./configured-certificate.ts";
import { findExisting } from "./find-existing.ts";

export interface LoginOptions {
  /** A connection to reconnect, or the name of the new one. */
  connection?: string | undefined;
  environment?: string | undefined;
  app?: string | undefined;
  scopes?: readonly string[] | undefined;
  addScopes: readonly string[];
  redirectUri?: string | undefined;
  listen?: ListenAddress | undefined;
  /** The certificate to show instead of qbo's own. */
  tls?: OwnCertificateFiles | undefined;
  name?: string | undefined;
  store?: string | undefined;
  /** Seconds to wait for the browser. */
  timeout?: number | undefined;
  openBrowser: boolean;
  /** How the answer comes here; `callback` unless said otherwise. */
  way?: WayIn;
}

/** What a sign-in must know of a connection that is there already. */
export type KnownConnection = Pick<ConnectionFacts, "id" | "name" | "realmId" | "companyName">;

/** Everything about a sign-in that is decided before anything is opened. */
export interface LoginPlan {
  environment: Environment;
  app: App;
  /** Whether the redirect URI was said for this sign-in alone, so that the next one would not have it. */
  isRedirectGiven: boolean;
  scopes: string[];
  /** `undefined` when the answer is pasted, or comes in a later step. */
  listen: ListenAddress | undefined;
  /** The certificate to show instead of qbo's own. */
  tls: OwnCertificateFiles | undefined;
  store: string;
  /** The connection that must be met again. */
  existing: KnownConnection | undefined;
  /** The name that was asked for a new connection. */
  name: string | undefined;
  /** Seconds. */
  timeout: number;
}

type Doors = Pick<
  World,
  | "env"
  | "configFiles"
  | "facts"
  | "prompter"
  | "http"
  | "certificates"
  | "interruption"
  | "notices"
  | "clients"
  | "openStore"
>;

/**
 * Decides what a sign-in is about.
 * @throws USAGE, APP_NOT_CONFIGURED, CONFIG_INVALID: all that can be known to be wrong without asking anybody.
 */
export async function planLogin(world: Doors, options: LoginOptions): Promise<LoginPlan> {
  if (options.store !== undefined) await assertTeamChosen(world, options.store);
  const existing = await findExisting(world, options);
  const name = existing ? undefined : readNewName(options.name ?? options.connection);
  if (name !== undefined && (await world.facts.read(name))) {
    throw new QboError("USAGE", `There already is a connection named ${name}.`, {
      hint: `Choose another --name, or reconnect it: qbo login ${name}`,
    });
  }
  const current = await readSettings(world, { ...options, environment: options.environment ?? existing?.environment });
  const environment = await resolveEnvironment(world, current, await chooseEnvironment(world, current, options));
  const kept = options.app === undefined ? existing : undefined;
  const settings = await agreeToProject(world, current, { environment: environment.name, app: kept?.app });
  const chosen = await chooseApp(world, { settings, environment, kept });
  const scopes = mergeScopes(options.scopes ?? existing?.scopes ?? chosen.scopes, options.addScopes);
  assertCompanyScope(scopes);
  const { way = "callback" } = options;
  const question = { redirect: chosen.redirectUri, way, listen: options.listen };
  const tls = options.tls ?? (await findConfiguredCertificate(world, settings, question));
  const { app, listen } = await chooseWayIn(world, { environment, app: chosen, way, listen: options.listen, tls });
  return {
    environment,
    app,
    isRedirectGiven: options.redirectUri !== undefined || app.redirectUri.text !== chosen.redirectUri.text,
    scopes,
    listen,
    tls,
    existing,
    name,
    store: options.store === undefined && existing ? existing.store : settings.store.value,
    timeout: options.timeout ?? settings.callbackTimeout.value,
  };
}

function readNewName(name: string | undefined): string | undefined {
  if (name === undefined || isConnectionName(name)) return name;
  throw new QboError("USAGE", `${makePrintable(name, 80)} cannot be the name of a connection.`, {
    hint: "Use lower-case letters, digits and hyphens, not digits alone, and no reserved word.",
  });
}

async function chooseEnvironment(
  world: Pick<World, "prompter">,
  settings: Settings,
  options: LoginOptions,
): Promise<string> {
  if (settings.environment) return settings.environment.value;
  const appEnvironment =
    options.app === undefined ? undefined : (findAppConfig(settings, options.app)?.environment ?? options.app);
  if (appEnvironment !== undefined && listEnvironmentNames(settings).includes(appEnvironment)) return appEnvironment;
  if (!world.prompter.canAsk) {
    throw new QboError("INPUT_REQUIRED", "No environment was chosen, and there is none by default.", {
      hint: "Choose one: qbo login --env sandbox (or production, or emulator)",
    });
  }
  const labels: Record<string, string> = {
    sandbox: "sandbox     Intuit's test companies, with development keys",
    production: "production  real companies, with production keys",
    emulator: "emulator    a local stand-in for Intuit: qbo emulator",
  };
  const choices = listEnvironmentNames(settings).map((value) => ({ value, label: labels[value] ?? value }));
  return world.prompter.choose("Which environment?", choices);
}

function mergeScopes(scopes: readonly string[], added: readonly string[]): string[] {
  return [...new Set([...scopes, ...added])];
}

function assertCompanyScope(scopes: readonly string[]): void {
  if (hasCompanyScope(scopes)) return;
  throw new QboError("USAGE", "None of the scopes names a company, so there would be nothing to connect to.", {
    hint: "Ask for com.intuit.quickbooks.accounting or com.intuit.quickbooks.payment among the scopes.",
  });
}
