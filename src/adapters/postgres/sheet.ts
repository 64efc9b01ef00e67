import { QboError } from "../../core/errors.ts";
import type { Session } from "./database.ts";

/** What the store says of itself. */
export interface Sheet {
  /** Of the schema. */
  version: number;
  /** For stretching a passphrase; 16 random bytes, base64. */
  salt: string;
  /** The name of the key that seals it. */
  keyId: string;
}

type Row = Awaited<ReturnType<Session["query"]>>[number];

/** The version of the schema that this qbo works with. */
export const schemaVersion = 2;

/** What `readSheet` needs of a row; the table is called `store` in the query. */
export const sheetColumns = "store.version, store.salt, store.key_id";

/**
 * The sheet in a row with `sheetColumns`.
 * @throws STORE_CORRUPT when there is none, or it is that of a newer qbo; STORE_UNAVAILABLE when the tables have to be brought up to date.
 */
export function readSheet(text: string, row: Row | undefined): Sheet {
  const sheet = readAnySheet(text, row);
  if (sheet.version === schemaVersion) return sheet;
  throw new QboError("STORE_UNAVAILABLE", `The tables of the team store ${text} were made by an older qbo.`, {
    hint: "Bring them up to date once, as the role that owns them: qbo store init",
  });
}

/** As `readSheet`, also of an older qbo. `newest`: the newest version that is understood. Throws STORE_CORRUPT. */
export function readAnySheet(text: string, row: Row | undefined, newest: number = schemaVersion): Sheet {
  const { version, salt, key_id: keyId } = row ?? {};
  if (typeof version !== "number" || typeof salt !== "string" || typeof keyId !== "string") {
    throw new QboError("STORE_CORRUPT", `The tables of the team store ${text} are damaged: qbo.store is empty.`, {
      hint: "Restore the database from a backup.",
    });
  }
  if (version <= newest) return { version, salt, keyId };
  throw new QboError("STORE_CORRUPT", `The team store ${text} was brought up to date by a newer qbo.`, {
    hint: "Update qbo on this machine, then repeat the command.",
  });
}

/** One mistyped QBO_STORE_KEY must not split a store into records of two keys. Throws STORE_CORRUPT. */
export function assertSameKey(text: string, { keyId }: Sheet, keyIdInUse: string): void {
  if (keyId === keyIdInUse) return;
  throw new QboError(
    "STORE_CORRUPT",
    `The team store ${text} is sealed with another key (${keyId}) than the one in QBO_STORE_KEY (${keyIdInUse}).`,
    { hint: "Set QBO_STORE_KEY to the key that all who share the store use, then repeat the command." },
  );
}
