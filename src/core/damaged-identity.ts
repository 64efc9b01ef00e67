import type { ConnectionId } from "./connection.ts";
import { readIdentity } from "./connection-record.ts";
import { readObject } from "./record-fields.ts";

/**
 * Whose record a text is that cannot be used as one. Null unless environment, client ID and realm ID stand in it just as in a sound record of
 * this version: text that breaks off, or is another qbo's, says nothing for certain.
 */
export function identifyDamaged(text: string): ConnectionId | null {
  const found = readObject(text, (fields) =>
    fields.count("version") === 1 ? readIdentity(fields).id : fields.refuse("version", "1"),
  );
  return found ?? null;
}
