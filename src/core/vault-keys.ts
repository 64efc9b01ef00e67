import type { ConnectionId } from "./connection.ts";

/** The key under which a vault keeps the tokens of a connection. */
export function nameTokens(id: ConnectionId): string {
  return `connection/${id}`;
}

/** The key under which a vault keeps the secret of a client. */
export function nameClientSecret(clientId: string): string {
  return `client/${clientId}`;
}
