import { isConnectionName } from "../../core/connection-name.ts";
import { decodeFacts, encodeFacts } from "../../core/connection-record.ts";
import { formatConnectionId, type ConnectionFacts, type ConnectionId } from "../../core/connection.ts";
import { asQboError, hasCode, QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import { isRealmId } from "../../core/realm-id.ts";
import type { DamagedFacts, FactsStore } from "../../core/store-ports.ts";
import type { Team } from "./secret-row.ts";
import { readSheet, sheetColumns } from "./sheet.ts";

/**
 * How the store calls itself in its own records: each machine may reach it by another address, and as another role.
 */
const itself = "team";

/** Facts in a table, in the same text as in files. Of several machines that update one record none undoes what another has written. */
export function createTeamFacts(team: Team): FactsStore {
  const { database, text } = team;
  const encode = (facts: ConnectionFacts) => encodeFacts(facts.store === text ? { ...facts, store: itself } : facts);
  const decode = (found: unknown, name: string): ConnectionFacts => {
    try {
      if (!isConnectionName(name))
        throw new QboError("STORE_CORRUPT", `"${makePrintable(name, 80)}" is no connection's name.`);
      const facts = decodeFacts(typeof found === "string" ? found : "", name);
      return facts.store === itself ? { ...facts, store: text } : facts;
    } catch (error) {
      throw explainDamage(error, text, name);
    }
  };
  /** The text of a record; the query also tells whether the tables are this qbo's. */
  const readText = async (name: string) => {
    const sql = `SELECT ${sheetColumns}, connection.facts FROM qbo.store AS store LEFT JOIN qbo.connection AS connection ON connection.name = $1`;
    const [row] = await database.query(sql, [name]);
    readSheet(text, row);
    return row?.["facts"] ?? undefined;
  };
  const readRows = async () => {
    await assertReady(team);
    return database.query('SELECT name, id, facts FROM qbo.connection ORDER BY name COLLATE "C"');
  };

  return {
    async list() {
      return (await readRows()).map(({ name, facts }) => decode(facts, String(name)));
    },
    async survey() {
      const facts: ConnectionFacts[] = [];
      const damaged: DamagedFacts[] = [];
      for (const row of await readRows()) {
        const name = String(row["name"]);
        try {
          facts.push(decode(row["facts"], name));
        } catch (error) {
          if (!hasCode(error, "STORE_CORRUPT")) throw error;
          damaged.push({ name: makePrintable(name, 80), id: readId(row["id"]), error });
        }
      }
      return { facts, damaged };
    },
    async names() {
      await assertReady(team);
      const rows = await database.query("SELECT name FROM qbo.connection");
      return rows.map(({ name }) => makePrintable(String(name), 80));
    },
    async read(name) {
      if (!isConnectionName(name)) return undefined;
      const found = await readText(name);
      return found === undefined ? undefined : decode(found, name);
    },
    async create(facts) {
      await assertReady(team);
      const created = await database.query(
        "INSERT INTO qbo.connection (name, id, facts) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING name",
        [requireName(facts.name), facts.id, encode(facts)],
      );
      if (created.length === 0) throw nameTaken(facts.name);
    },
    async update(name, change) {
      if (!isConnectionName(name)) return undefined;
      for (;;) {
        const before = await readText(name);
        if (before === undefined) return undefined;
        const current = decode(before, name);
        const changed = change(current);
        if (changed === current) return current;
        const next = { ...changed, name };
        const updated = await database.query(
          "UPDATE qbo.connection SET id = $3, facts = $4 WHERE name = $1 AND facts = $2 RETURNING name",
          [name, before, next.id, encode(next)],
        );
        if (updated.length > 0) return next;
      }
    },
    async rename(from, to) {
      requireName(to);
      await assertReady(team);
      if (from === to) return;
      const sql = `UPDATE qbo.connection SET name = $2 WHERE name = $1
        AND NOT EXISTS (SELECT 1 FROM qbo.connection WHERE name = $2) RETURNING name`;
      if ((await database.query(sql, [from, to])).length > 0) return;
      if ((await readText(from)) !== undefined) throw nameTaken(to);
      throw new QboError("NOT_CONNECTED", `There is no connection named ${makePrintable(from, 80)}.`);
    },
    async remove(name) {
      await assertReady(team);
      return (await database.query("DELETE FROM qbo.connection WHERE name = $1 RETURNING name", [name])).length > 0;
    },
  };
}

/** Throws as `readSheet` when the tables are not those that this qbo works with. */
export async function assertReady({ database, text }: Team): Promise<void> {
  const [row] = await database.query(`SELECT ${sheetColumns} FROM qbo.store AS store`);
  readSheet(text, row);
}

/** The identity that stands beside a record. */
function readId(value: unknown): ConnectionId | null {
  const [environment, clientId, realmId, ...more] = typeof value === "string" ? value.split("/") : [];
  if (!environment || !clientId || !realmId || !isRealmId(realmId) || more.length > 0) return null;
  return formatConnectionId({ environment, clientId, realmId });
}

/** Where a record lies that cannot be used, and what to do about it. */
function explainDamage(error: unknown, text: string, name: string): unknown {
  const found = asQboError(error);
  if (!found) return error;
  const shown = makePrintable(name, 80);
  return new QboError(found.code, `${found.message} It lies in the table qbo.connection of the team store ${text}.`, {
    hint:
      found.hint ??
      `Bring the row named ${shown} back from a backup, or delete it and sign in again: qbo login --name ${shown}`,
    details: { connection: shown },
    cause: found,
  });
}

function requireName(name: string): string {
  if (isConnectionName(name)) return name;
  throw new QboError("USAGE", `"${makePrintable(name, 80)}" cannot be the name of a connection.`, {
    hint: "A name consists of a-z, 0-9 and -, is not a number and not a reserved word.",
  });
}

function nameTaken(name: string): QboError {
  return new QboError("USAGE", `A connection named ${name} exists already in the team store.`, {
    hint: "Choose another name.",
  });
}
