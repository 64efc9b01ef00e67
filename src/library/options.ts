import type { ConnectionState } from "./answers.ts";

/** How connections are found, and who is told what. */
export interface QboOptions {
  /** Read as the program reads its environment: `QBO_CONNECTION`, `QBO_STORE_KEY`, `HTTPS_PROXY`… By default a copy of `process.env`. */
  env?: Readonly<Record<string, string | undefined>>;
  /** The folder of `config.json`, an absolute path; as `QBO_CONFIG_DIR`. */
  configDir?: string;
  /** The folder of everything that qbo writes for itself, an absolute path; as `QBO_STATE_DIR`. */
  stateDir?: string;
  /** As `QBO_STORE`. A connection's own store is recorded with it; of a shared store this gives the address. */
  store?: string;
  /** Cancels everything. */
  signal?: AbortSignal;
  /** Told what the program would say on stderr. It must not throw: what it throws is nobody's to catch. */
  onNotice?: (notice: Notice) => void;
}

export interface Notice {
  level: "info" | "warning";
  /** Without secrets. */
  text: string;
}

/** Which connections are meant. */
export interface Selection {
  /** As `--env`. */
  environment?: string;
  /** As `--app`. */
  app?: string;
}

export interface CallOptions extends Selection {
  /** Cancels this call. A refresh or a revocation that was sent is finished and kept all the same. */
  signal?: AbortSignal;
}

export interface ListOptions extends CallOptions {
  /** Only connections in one of these states. */
  states?: readonly ConnectionState[];
  /** Only connections that expire within so many seconds. */
  expiringWithin?: number;
  /** Seconds before its end from which a connection counts as expiring; 14 days by default. */
  warnWithin?: number;
}

export interface TokenOptions extends CallOptions {
  /** Seconds that the token must be valid at least: 0 to 3300; 300 by default, or what is configured. */
  minValidity?: number;
}

export interface RevokeOptions extends CallOptions {
  /** Do not ask Intuit: only disconnect here. */
  localOnly?: boolean;
  /** Also remove name, settings and history. */
  forget?: boolean;
}
