import { randomInt } from "node:crypto";
import { QboError } from "../../core/errors.ts";
import { second } from "../../core/instant.ts";
import { makePrintable } from "../../core/printable.ts";
import type { Session } from "./database.ts";
import { readSealedRow, toSealedRow, type SealedRow, type Team } from "./secret-row.ts";
import { sheetColumns } from "./sheet.ts";

/** A row that nobody else can take until the session is released, or its connection ends. */
export interface TakenRow extends SealedRow {
  session: Session;
}

/** What a waiter does while somebody else has the row; as `TokensWait`. */
export interface RowWait<T> {
  /** Sees what is stored again and again. */
  leaveWith?(this: void, current: SealedRow): Promise<T | undefined>;
  announce?(this: void, holder: string): void;
  signal?: AbortSignal;
}

const announceAfter = 2 * second;
const patience = 120 * second;
const shortestPause = 25;
const longestPause = 250;

/**
 * Limits of a transaction that waits for Intuit in its middle. The server ends it when its holder has said nothing for longer than any
 * refresh takes (60 s), and finds out within half a minute that the holder's machine is gone.
 */
const limits = `
  SET LOCAL lock_timeout = '10s';
  SET LOCAL statement_timeout = '15s';
  SET LOCAL idle_in_transaction_session_timeout = '90s';
  SET LOCAL tcp_keepalives_idle = 15;
  SET LOCAL tcp_keepalives_interval = 5;
  SET LOCAL tcp_keepalives_count = 3`;

const lockSql = `SELECT ${sheetColumns}, secret.key, secret.sealed FROM qbo.store AS store, qbo.secret AS secret
  WHERE secret.key = $1 FOR UPDATE OF secret SKIP LOCKED`;

/** Takes the row of a key for one holder on any machine; a key without a row gets an empty one. Throws LOCK_TIMED_OUT, CANCELLED. */
export async function takeRow<T>(
  team: Team,
  key: string,
  wait: RowWait<T> = {},
): Promise<{ taken: TakenRow } | { answer: T }> {
  const { clock } = team;
  const began = clock.now();
  let isAnnounced = false;
  for (let pause = shortestPause; ; pause = Math.min(pause * 1.5, longestPause)) {
    if (wait.signal?.aborted) throw new QboError("CANCELLED", "Interrupted while waiting for another process.");
    const taken = await tryToTake(team, key);
    if (taken) return { taken };
    const current = await readSealedRow(team, key);
    if (!current.isThere) {
      await team.database.query("INSERT INTO qbo.secret (key) VALUES ($1) ON CONFLICT (key) DO NOTHING", [key]);
      continue;
    }
    const answer = await wait.leaveWith?.(current);
    if (answer !== undefined) return { answer };
    const waited = clock.now() - began;
    if (waited >= patience) throw timedOut(await describeHolder(team, key), waited);
    if (waited >= announceAfter && !isAnnounced && wait.announce) {
      isAnnounced = true;
      wait.announce(await describeHolder(team, key));
    }
    await clock.sleep((pause * randomInt(75, 126)) / 100, wait.signal);
  }
}

async function tryToTake({ database, text }: Team, key: string): Promise<TakenRow | undefined> {
  const session = await database.openSession();
  let taken: TakenRow | undefined;
  try {
    await session.begin(limits);
    const rows = await session.query(lockSql, [key]);
    if (rows.length > 0) taken = { ...toSealedRow(text, rows), session };
    return taken;
  } finally {
    if (!taken) await session.release();
  }
}

/** Who has the row, as far as the server lets this role see: the locker's transaction is written on the row itself. */
async function describeHolder({ database }: Team, key: string): Promise<string> {
  const [holder] = await database.query(
    `SELECT activity.application_name AS name FROM qbo.secret AS secret
      JOIN pg_stat_activity AS activity ON activity.backend_xid = secret.xmax WHERE secret.key = $1`,
    [key],
  );
  const name = holder?.["name"];
  const [, pid, host] = typeof name === "string" ? (/^qbo (\d+)@(.+)$/.exec(name) ?? []) : [];
  return pid === undefined || host === undefined ? "another process" : `process ${pid} on ${makePrintable(host, 60)}`;
}

function timedOut(holder: string, waited: number): QboError {
  const seconds = Math.round(waited / second);
  return new QboError("LOCK_TIMED_OUT", `Waited ${seconds} s for ${holder}, which works on the same thing.`, {
    hint: "Run the command again; if that process hangs, end it first.",
  });
}
