import type { AccessToken, Connection, Refreshed, Revoked } from "./answers.ts";
import type { CallOptions, ListOptions, RevokeOptions, TokenOptions } from "./options.ts";

/**
 * The connections of this machine. Everything rejects with a `QboError`. The connection is named by its name or realm ID; left out where
 * that is allowed, it is chosen as the program does: `QBO_CONNECTION`, the project's file, the default, the only one.
 */
export interface Qbo {
  /** All connections, the most urgent first; offline. Damaged records are told as notices. */
  listConnections(this: void, options?: ListOptions): Promise<Connection[]>;
  /** One connection as it stands; offline. Throws NOT_CONNECTED, AMBIGUOUS_CONNECTION. */
  status(this: void, connection?: string, options?: CallOptions): Promise<Connection>;
  /** An access token that is valid now, refreshed first if need be. However many ask at once, it is refreshed once. */
  getAccessToken(this: void, connection?: string, options?: TokenOptions): Promise<AccessToken>;
  /** Refreshes also a token that is still valid, and so prolongs the life of the refresh token. */
  refresh(this: void, connection?: string, options?: CallOptions): Promise<Refreshed>;
  /** Revokes at Intuit, then disconnects here. It cannot be undone and nobody is asked, so the connection must be named. */
  revoke(this: void, connection: string, options?: RevokeOptions): Promise<Revoked>;
  /** Cancels what waits and resolves when nothing is under way any more. Later calls are refused. */
  close(this: void): Promise<void>;
}
