import type { AppConfig, Config, EnvironmentConfig } from "./config.ts";

/*
 * Every key that a configuration file may hold. A key that only exists in a prototype is none, hence records to be asked
 * by `Object.hasOwn`.
 */

type Known<T> = Readonly<Record<keyof T, true>>;

export const appKeys: Known<AppConfig> = { environment: true, clientId: true, redirectUri: true, scopes: true };

export const environmentKeys: Known<EnvironmentConfig> = {
  discoveryUrl: true,
  authorizationEndpoint: true,
  tokenEndpoint: true,
  revocationEndpoint: true,
  userinfoEndpoint: true,
  jwksUri: true,
  issuer: true,
  apiBaseUrl: true,
};

export const configKeys: Known<Config> = {
  environment: true,
  app: true,
  connection: true,
  store: true,
  scopes: true,
  redirectUri: true,
  minValidity: true,
  callbackTimeout: true,
  tlsCert: true,
  tlsKey: true,
  apps: true,
  environments: true,
};

/** The keys that hold a value, and no group of values. */
export const plainKeys: readonly string[] = Object.keys(configKeys).filter(
  (key) => key !== "apps" && key !== "environments",
);

/** What a project's file may hold: choices among what the user has, and a client that `login` asks about. */
export const projectKeys: Known<
  Pick<Config, "environment" | "app" | "connection" | "scopes" | "redirectUri" | "apps">
> = {
  environment: true,
  app: true,
  connection: true,
  scopes: true,
  redirectUri: true,
  apps: true,
};

const secretNames = new Set(
  "secret clientsecret password passphrase token accesstoken refreshtoken idtoken storekey privatekey".split(" "),
);

/** Whether a key is the name of a secret, however it is written: `clientSecret`, `client_secret`, `REFRESH-TOKEN`. */
export function isSecretKey(key: string): boolean {
  return secretNames.has(key.toLowerCase().replaceAll(/[^a-z]/g, ""));
}
