import type { Clock } from "../../core/ports.ts";
import type { Sealer } from "../../core/sealer.ts";
import type { Secret } from "../../core/secret.ts";
import type { Database, Session } from "./database.ts";
import { assertSameKey, readSheet, sheetColumns, type Sheet } from "./sheet.ts";

/** A team store, as all who work on its records see it. */
export interface Team {
  database: Database;
  sealer: Sealer;
  clock: Clock;
  /** Its name, for messages. */
  text: string;
}

/** What lies under a key, still sealed; null when nothing does. `isThere`: whether the key has a row at all. */
export interface SealedRow {
  sheet: Sheet;
  sealed: string | null;
  isThere: boolean;
}

const readSql = `SELECT ${sheetColumns}, secret.key, secret.sealed FROM qbo.store AS store LEFT JOIN qbo.secret AS secret ON secret.key = $1`;

/** What lies under a key; without a lock, in one query. */
export async function readSealedRow({ database, text }: Team, key: string): Promise<SealedRow> {
  return toSealedRow(text, await database.query(readSql, [key]));
}

/** As `readSealedRow`, for a query that answers the same columns. */
export function toSealedRow(text: string, [row]: Awaited<ReturnType<Session["query"]>>): SealedRow {
  const sealed = row?.["sealed"];
  return {
    sheet: readSheet(text, row),
    sealed: typeof sealed === "string" ? sealed : null,
    isThere: typeof row?.["key"] === "string",
  };
}

/** What is sealed in a row; `undefined` when nothing lies there. Throws STORE_CORRUPT, and as `Sealer` without a usable key. */
export async function openRow(
  { sealer }: Team,
  key: string,
  { sheet, sealed }: SealedRow,
): Promise<Secret | undefined> {
  return sealed === null ? undefined : sealer.open({ salt: sheet.salt, name: key }, sealed);
}

/** Throws STORE_CORRUPT when the key in use is not the store's. */
export async function sealRow(
  { sealer, text }: Team,
  sheet: Sheet,
  { key, value }: { key: string; value: Secret },
): Promise<string> {
  assertSameKey(text, sheet, await sealer.identify(sheet.salt));
  return sealer.seal({ salt: sheet.salt, name: key }, value);
}

/** Puts a value under a key, over whatever lies there. */
export async function writeRow(team: Team, key: string, value: Secret): Promise<void> {
  const { sheet } = await readSealedRow(team, key);
  const sealed = await sealRow(team, sheet, { key, value });
  // The store may get another key at any moment.
  const sql = `INSERT INTO qbo.secret (key, sealed)
    SELECT $1, $2 WHERE EXISTS (SELECT 1 FROM qbo.store WHERE key_id = $3)
    ON CONFLICT (key) DO UPDATE SET sealed = excluded.sealed RETURNING key`;
  const written = await team.database.query(sql, [key, sealed, sheet.keyId]);
  if (written.length === 0) await writeRow(team, key, value);
}

/** Answers whether anything lay under the key. */
export async function removeRow({ database }: Team, key: string): Promise<boolean> {
  const removed = await database.query(
    "DELETE FROM qbo.secret WHERE key = $1 RETURNING sealed IS NOT NULL AS was_there",
    [key],
  );
  return removed[0]?.["was_there"] === true;
}
