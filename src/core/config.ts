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
  /** The file of a certificate of one's own for the callback, and that of its key. */
  tlsCert?: string | undefined;
  tlsKey?: string | undefined;
  apps?: Record<string, AppConfig> | undefined;
  environments?: Record<string, EnvironmentConfig> | undefined;
}

/** Whose file it is: of the project around the working folder, of the user, of the machine. The nearest wins. */
export type ConfigLayer = "project" | "user" | "system";

export interface ConfigFile {
  path: string;
  layer: ConfigLayer;
  config: Config;
}

/**
 * The configuration files. Reading a faulty one throws CONFIG_INVALID that names file, key and line, and a faulty one is
 * never rewritten. Setting changes one value (undefined removes it) and leaves the rest of the text as it was.
 */
export interface ConfigFiles {
  readonly userPath: string;
  /** The files that there are, the nearest first. A project file of somebody else is left aside with a warning. */
  readLayers(): Promise<readonly ConfigFile[]>;
  readUser(): Promise<ConfigFile | undefined>;
  setUser(key: readonly string[], value: unknown): Promise<void>;
  /**
   * As `setUser`, in any of the files; answers which one. A project's file is begun in the working folder.
   * Throws USAGE for a value that could not be read back, FILES_UNAVAILABLE where it cannot be written.
   */
  set(layer: ConfigLayer, key: readonly string[], value: unknown): Promise<string>;
  /** The line on which a key stands in a file; null when it does not. */
  findLine(path: string, key: readonly string[]): Promise<number | null>;
}
