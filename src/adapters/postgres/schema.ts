import { randomBytes } from "node:crypto";
import type { Sealer } from "../../core/sealer.ts";
import type { StoreInit } from "../../core/team-store.ts";
import type { Database, Session } from "./database.ts";
import { eventKind, eventTime } from "./journal-sql.ts";
import { assertSameKey, readAnySheet, sheetColumns } from "./sheet.ts";

/**
 * What makes a schema of one version out of the one before it; the first makes version 1 out of nothing. Once released, a step stays as
 * it is. Facts, clients and events are the texts that also lie in files; whoever updates them compares the text as it was before.
 */
export const migrations: readonly string[] = [
  `CREATE SCHEMA IF NOT EXISTS qbo;
   CREATE TABLE qbo.store (
     is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
     version integer NOT NULL,
     salt text NOT NULL,
     key_id text NOT NULL
   );
   CREATE TABLE qbo.secret (key text PRIMARY KEY, sealed text);
   CREATE TABLE qbo.connection (name text PRIMARY KEY, id text NOT NULL, facts text NOT NULL);
   CREATE TABLE qbo.client (client_id text PRIMARY KEY);
   CREATE TABLE qbo.event (
     number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     connection text NOT NULL,
     line text NOT NULL
   );
   CREATE INDEX event_by_connection ON qbo.event (connection, number);`,
  `CREATE INDEX event_by_kind ON qbo.event (${eventKind}, number);
   CREATE INDEX event_by_time ON qbo.event (${eventTime});`,
];

/** What another role needs, and no more, to share the store. The owner of the tables grants it. */
const grants: readonly string[] = [
  "GRANT USAGE ON SCHEMA qbo TO <role>;",
  "GRANT SELECT ON qbo.store TO <role>;",
  "GRANT SELECT, INSERT, UPDATE, DELETE ON qbo.secret, qbo.connection, qbo.client TO <role>;",
  "GRANT SELECT, INSERT, DELETE ON qbo.event TO <role>;",
];

/** Any number; the same for every qbo, so that two that initialise one database do it one after the other. */
const advisoryLock = 8_722_001;

interface Initialising {
  text: string;
  sealer: Sealer;
  steps?: readonly string[];
}

/**
 * Makes the tables, or brings older ones up to date; all of it or nothing. What is up to date already stays as it is.
 * @throws STORE_CORRUPT for tables of a newer qbo, or of another key.
 */
export async function initialise(database: Database, options: Initialising): Promise<StoreInit> {
  const session = await database.openSession();
  try {
    await session.begin(`SELECT pg_advisory_xact_lock(${advisoryLock})`);
    const done = await migrate(session, options);
    await session.commit();
    return done;
  } finally {
    await session.release();
  }
}

async function migrate(session: Session, { text, sealer, steps = migrations }: Initialising): Promise<StoreInit> {
  const version = steps.length;
  const [found] = await session.query("SELECT to_regclass('qbo.store') IS NOT NULL AS present");
  const [row] =
    found?.["present"] === true ? await session.query(`SELECT ${sheetColumns} FROM qbo.store AS store`) : [];
  const sheet = found?.["present"] === true ? readAnySheet(text, row, version) : undefined;
  const salt = sheet?.salt ?? randomBytes(16).toString("base64");
  const keyId = await sealer.identify(salt);
  if (sheet) assertSameKey(text, sheet, keyId);
  const before = sheet?.version ?? 0;
  for (const step of steps.slice(before)) await session.execute(step);
  if (!sheet)
    await session.query("INSERT INTO qbo.store (version, salt, key_id) VALUES ($1, $2, $3)", [version, salt, keyId]);
  else if (before < version) await session.query("UPDATE qbo.store SET version = $1", [version]);
  const outcome = before === version ? "current" : sheet ? "migrated" : "created";
  return { store: text, outcome, versionBefore: sheet ? before : null, version, keyId, grants: [...grants] };
}
