export type ConnectionState = "ready" | "stale" | "expiring" | "reconnect" | "disconnected";

/** A connection as `qbo status --json` shows it. Times are ISO 8601 in UTC, durations whole seconds. */
export interface Connection {
  /** Environment, client ID and realm ID. A new name does not change it. */
  id: string;
  name: string;
  environment: string;
  app: string;
  clientId: string;
  realmId: string;
  companyName: string | null;
  scopes: string[];
  store: string;
  isDefault: boolean;
  connectedAt: string;
  lastUsedAt: string | null;
  state: ConnectionState;
  accessToken: { expiresAt: string; expiresIn: number } | null;
  refreshToken: {
    expiresAt: string | null;
    expiresIn: number | null;
    rotatedAt: string;
    /** The end of the consent; refreshing does not move it. */
    hardExpiresAt: string | null;
  } | null;
  lastRefresh: {
    at: string;
    outcome: "ok" | "rejected" | "unconfirmed" | "unreachable";
    intuitTid: string | null;
  } | null;
  /** The command that a person should type, if any. */
  nextAction: string | null;
  /** The client ID that the app has now, when it is not the one that made this connection. */
  configuredClientId: string | null;
}

/** An access token, as `qbo token --json` prints it. Keep it out of logs. */
export interface AccessToken {
  accessToken: string;
  tokenType: "bearer";
  expiresAt: string;
  /** Seconds. */
  expiresIn: number;
  /** The connection's name. */
  connection: string;
  realmId: string;
  environment: string;
  /** Where the accounting API of this environment is, without a slash at the end. */
  apiBaseUrl: string;
}

export interface Refreshed {
  /** The connection's name. */
  connection: string;
  /** `unchanged`: somebody else refreshed it after this call had begun. */
  outcome: "refreshed" | "unchanged";
}

export interface Revoked {
  /** The connection's name. */
  connection: string;
  /** What became of the tokens at Intuit. */
  remote: "revoked" | "already-dead" | "skipped";
  /** What became of the connection here. */
  local: "disconnected" | "removed";
}
