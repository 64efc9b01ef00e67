/** An OAuth client as the user configures it; its secret lies in a store, never here. */
export interface AppConfig {
  environment?: string | undefined;
  clientId?: string | undefined;
  redirectUri?: string | undefined;
  scopes?: string[] | undefined;
}

/** An environment that the user defines: found through its discovery document, or spelled out. */
export interface EnvironmentConfig {
  discoveryUrl?: string | undefined;
  authorizationEndpoint?: string | undefined;
  tokenEndpoint?: string | undefined;
  revocationEndpoint?: string | undefined;
  userinfoEndpoint?: string | undefined;
  jwksUri?: string | undefined;
  issuer?: string | undefined;
  apiBaseUrl?: string | undefined;
}

/** The content of a configuration file. */
export interface Config {
  environment?: string | undefined;
  app?: string | undefined;
  connection?: string | undefined;
  store?: string | undefined;
  scopes?: string[] | undefined;
  redirectUri?: string | undefined;
  /** Seconds. */
  minValidity?: number | undefined;
  /** Seconds. */
  callbackTimeout?: number | undefined;
  apps?: Record<string, AppConfig> | undefined;
  environments?: Record<string, EnvironmentConfig> | undefined;
}

export interface ConfigFile {
  path: string;
  config: Config;
}

/**
 * The user's configuration file. Reading a faulty one throws CONFIG_INVALID that names file, key and line, and a faulty
 * one is never rewritten. `set` changes one value (undefined removes it) and leaves the rest of the text as it was.
 */
export interface ConfigFiles {
  readonly userPath: string;
  readUser(): Promise<ConfigFile | undefined>;
  setUser(key: readonly string[], value: unknown): Promise<void>;
}
