import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";
import { findFreePort } from "../world/free-port.ts";

/** A PostgreSQL server of the tests' own, on loopback and a socket, in a temporary folder. */
export interface Cluster {
  readonly port: number;
  /** The folder of its socket. */
  readonly folder: string;
  /** Makes an empty database, owned by the role `keeper`; `member` is a role without any rights in it. */
  createDatabase(this: void): Promise<TeamDatabase>;
  /** Ends the server: `fast` undoes what is under way, `immediate` is like pulling the plug. */
  stop(this: void, how: "fast" | "immediate"): Promise<void>;
  start(this: void): Promise<void>;
  /** Ends the server and removes everything. */
  close(this: void): Promise<void>;
}

export interface TeamDatabase {
  name: string;
  /** The address for a role, with its password. */
  address(this: void, role: "keeper" | "member", parameters?: string): string;
  /** Asks as the server's administrator. */
  query(this: void, sql: string): Promise<Record<string, unknown>[]>;
  /** What `pg_dump` writes of it. */
  dump(this: void): string;
}

export const passwords = { admin: "administrator-of-tests", keeper: "keeper-of-tests", member: "member-of-tests" };

/** The server refuses to run as root. */
const person = process.getuid?.() === 0 ? { uid: findId("-u"), gid: findId("-g") } : {};
const startPatienceMs = 30_000;

/** Makes and starts a server. `settings`: lines of postgresql.conf. `prepare` may put files into its folder first. */
export async function startCluster(
  settings: readonly string[] = [],
  prepare?: (folder: string, own: (path: string) => void) => void,
): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), "qbo-postgres-"));
  const own = (path: string) => {
    if (person.uid !== undefined && person.gid !== undefined) chownSync(path, person.uid, person.gid);
  };
  own(folder);
  const [data, port] = [join(folder, "data"), await findFreePort()];
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, passwords.admin, { mode: 0o600 });
  own(passwordFile);
  const how = ["-U", "admin", "-A", "scram-sha-256", `--pwfile=${passwordFile}`, "-E", "UTF8", "--no-locale", "-N"];
  execFileSync(findProgram("initdb"), ["-D", data, ...how, "--wal-segsize=1"], {
    ...person,
    stdio: "pipe",
    cwd: folder,
  });
  prepare?.(folder, own);
  const lines = [
    "listen_addresses = '127.0.0.1'",
    `port = ${port}`,
    `unix_socket_directories = '${folder}'`,
    "fsync = off",
    "full_page_writes = off",
    "shared_buffers = '16MB'",
    "log_min_messages = fatal",
    ...settings,
  ];
  writeFileSync(join(data, "postgresql.auto.conf"), `${lines.join("\n")}\n`);

  let server: ChildProcess | undefined;
  const start = async () => {
    server = spawn(findProgram("postgres"), ["-D", data], {
      ...person,
      stdio: ["ignore", "ignore", "pipe"],
      cwd: folder,
    });
    await awaitServer(server, port);
  };
  const stop = async (mode: "fast" | "immediate") => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
    await ended;
  };
  await start();
  await ask(port, "postgres", `CREATE ROLE keeper LOGIN PASSWORD '${passwords.keeper}'`);
  await ask(port, "postgres", `CREATE ROLE member LOGIN PASSWORD '${passwords.member}'`);
  let made = 0;
  return {
    port,
    folder,
    start,
    stop,
    async createDatabase() {
      const name = `team${(made += 1)}`;
      await ask(port, "postgres", `CREATE DATABASE ${name} OWNER keeper`);
      return {
        name,
        address: (role, parameters = "") =>
          `postgres://${role}:${passwords[role]}@127.0.0.1:${port}/${name}${parameters}`,
        query: (sql) => ask(port, name, sql),
        dump: () => dumpDatabase(folder, port, name),
      };
    },
    async close() {
      await stop("immediate");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ask(port: number, database: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({
    host: "127.0.0.1",
    port,
    user: "admin",
    password: passwords.admin,
    database,
    ssl: false,
  });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}

function dumpDatabase(folder: string, port: number, database: string): string {
  const env = { PATH: process.env["PATH"], PGPASSWORD: passwords.admin };
  const args = ["-h", folder, "-p", String(port), "-U", "admin", database];
  return execFileSync(findProgram("pg_dump"), args, { env, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
}

/** It listens before it answers, so it is asked until it does. */
async function awaitServer(server: ChildProcess, port: number): Promise<void> {
  let said = "";
  server.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  const deadline = Date.now() + startPatienceMs;
  for (;;) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error(`PostgreSQL did not start: ${said}`);
    try {
      await ask(port, "postgres", "SELECT 1");
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}

/** Debian keeps the programs of each version apart, off the path. */
function findProgram(name: string): string {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`There is no ${name} here.`);
  return found;
}

function findId(option: "-u" | "-g"): number {
  return Number(execFileSync("id", [option, "postgres"], { encoding: "utf8" }));
}
