import { formatConnectionId, type ConnectionId } from "./connection.ts";
import { isIdentityPart } from "./connection-record.ts";
import { isRealmId } from "./realm-id.ts";

/**
 * Whose record a text is that cannot be used as one. Null unless environment, client ID and realm ID stand in it just as in a sound record of
 * this version: text that breaks off, or is another qbo's, says nothing for certain.
 */
export function identifyDamaged(text: string): ConnectionId | null {
  const { version, environment, clientId, realmId } = readObject(text);
  const isKnown =
    version === 1 && isPart(environment) && isPart(clientId) && typeof realmId === "string" && isRealmId(realmId);
  return isKnown ? formatConnectionId({ environment, clientId, realmId }) : null;
}

function isPart(value: unknown): value is string {
  return typeof value === "string" && isIdentityPart(value);
}

function readObject(text: string): Partial<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
