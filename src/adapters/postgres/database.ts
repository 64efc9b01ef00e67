import type { Pool, PoolClient } from "pg";
import { second } from "../../core/instant.ts";
import type { Clock } from "../../core/ports.ts";
import { readAddress, type TeamStoreAddress } from "./address.ts";
import { isBusy, isConnectionLost, toTeamStoreError } from "./failure.ts";

type Row = Partial<Record<string, unknown>>;

/** One connection to the server, for as long as it is needed alone. Throws as `toTeamStoreError` says. */
export interface Session {
  query(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Statements without values, in one message. */
  execute(statements: string): Promise<void>;
  /** Begins a transaction with these statements; it ends with `commit` or `release`. */
  begin(statements: string): Promise<void>;
  commit(): Promise<void>;
  /** Undoes what is not committed and gives the connection back, or closes it when it is of no use any more. */
  release(): Promise<void>;
}

/** The way to the database. Connections are opened when they are needed, and keep no process from ending. */
export interface Database {
  query(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  openSession(): Promise<Session>;
}

export interface DatabaseOptions {
  address: TeamStoreAddress;
  clock: Clock;
  /** Shown to other machines as the holder of what it locks. */
  applicationName: string;
}

const connectPatience = 10 * second;
const answerPatience = 20 * second;
/** How long a busy server is asked again. */
const busyPatience = 15 * second;
/** More than one process ever has under way: each refresh needs two. The server's own limit is the one that counts. */
const mostConnections = 500;

/** Opens nothing yet. Throws CONFIG_INVALID for an address that cannot be used, at the first use. */
export function openDatabase(options: DatabaseOptions): Database {
  let pool: Promise<Pool> | undefined;
  const openPool = () => {
    if (pool) return pool;
    const fresh = createPool(options);
    // A failure is not kept: what the address names may be there by the next time.
    fresh.catch(() => (pool = undefined));
    return (pool = fresh);
  };
  const openSession = async () => startSession(await connect(await openPool(), options), options.address.text);
  return {
    openSession,
    async query(sql, values) {
      const session = await openSession();
      try {
        return await session.query(sql, values);
      } finally {
        await session.release();
      }
    },
  };
}

async function createPool({ address, applicationName }: DatabaseOptions): Promise<Pool> {
  const place = readAddress(address);
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({
    ...place,
    application_name: applicationName,
    max: mostConnections,
    connectionTimeoutMillis: connectPatience,
    query_timeout: answerPatience,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10 * second,
    allowExitOnIdle: true,
  });
  // Whoever uses a connection learns from its own query that it is gone; without a listener the process would end.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => void client.on("error", () => undefined));
  return pool;
}

/** A connection. A server that has too many, or is just starting, is asked again for a while. */
async function connect(pool: Pool, { clock, address }: DatabaseOptions): Promise<PoolClient> {
  const began = clock.now();
  for (let pause = 50; ; pause = Math.min(pause * 2, second)) {
    try {
      return await pool.connect();
    } catch (error) {
      if (!isBusy(error) || clock.now() - began > busyPatience) throw toTeamStoreError(error, address.text);
      await clock.sleep(pause);
    }
  }
}

function startSession(client: PoolClient, text: string): Session {
  let isLost = false;
  let isBegun = false;
  const watch = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      isLost ||= isConnectionLost(error);
      throw toTeamStoreError(error, text);
    }
  };
  return {
    query: async (sql, values = []) => (await watch(client.query<Row>(sql, [...values]))).rows,
    execute: async (statements) => void (await watch(client.query(statements))),
    async begin(statements) {
      isBegun = true;
      await watch(client.query(`BEGIN ISOLATION LEVEL READ COMMITTED; ${statements}`));
    },
    async commit() {
      await watch(client.query("COMMIT"));
      isBegun = false;
    },
    async release() {
      try {
        if (isBegun && !isLost) await watch(client.query("ROLLBACK"));
      } catch {
        // The server undoes the transaction when its connection ends, which happens now.
        isLost = true;
      }
      client.release(isLost);
    },
  };
}
