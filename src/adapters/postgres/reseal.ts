import type { Sealer } from "../../core/sealer.ts";
import type { StoreReseal } from "../../core/team-store.ts";
import type { Team } from "./secret-row.ts";
import { assertSameKey, readSheet, sheetColumns } from "./sheet.ts";

/** Records in one statement: others wait meanwhile, and a server far away must not be asked for each. */
const atOnce = 500;

const updateSql = `UPDATE qbo.secret AS secret SET sealed = fresh.sealed
  FROM unnest($1::text[], $2::text[]) AS fresh (key, sealed) WHERE secret.key = fresh.key`;

/**
 * Seals every record with another key, in one transaction. Reading goes on meanwhile; who holds a connection is waited for, and who wants
 * to hold one waits, so that nobody writes with the old key any more.
 * @throws LOCK_TIMED_OUT when a holder does not let go; STORE_CORRUPT for a record that does not open. Nothing is changed then.
 */
export async function reseal({ database, sealer, text }: Team, newKey: Sealer): Promise<StoreReseal> {
  const session = await database.openSession();
  try {
    await session.begin("SET LOCAL lock_timeout = '15s'; LOCK TABLE qbo.secret IN EXCLUSIVE MODE");
    const [row] = await session.query(`SELECT ${sheetColumns} FROM qbo.store AS store`);
    const sheet = readSheet(text, row);
    const { salt } = sheet;
    const to = await newKey.identify(salt);
    if (sheet.keyId === to) return { from: to, to, records: 0 };
    assertSameKey(text, sheet, await sealer.identify(salt));
    const records = await session.query("SELECT key, sealed FROM qbo.secret WHERE sealed IS NOT NULL");
    for (let start = 0; start < records.length; start += atOnce) {
      const keys: string[] = [];
      const values: string[] = [];
      for (const { key, sealed } of records.slice(start, start + atOnce)) {
        const context = { salt, name: String(key) };
        keys.push(context.name);
        values.push(await newKey.seal(context, await sealer.open(context, String(sealed))));
      }
      await session.query(updateSql, [keys, values]);
    }
    await session.query("UPDATE qbo.store SET key_id = $1", [to]);
    await session.commit();
    return { from: sheet.keyId, to, records: records.length };
  } finally {
    await session.release();
  }
}
