import { readdir, readFile, readlink } from "node:fs/promises";

/** The state of a listening socket in /proc/net/tcp (include/net/tcp_states.h). */
const listening = "0A";

/** The process, other than this one, that listens on the TCP port: found by its socket's inode (proc(5), /proc/net/tcp and /proc/pid/fd). */
export async function findListener(port: number, until: AbortSignal): Promise<number | undefined> {
  const tables = await Promise.all(["tcp", "tcp6"].map((name) => readText(`/proc/net/${name}`)));
  const sockets = new Set(tables.flatMap((table) => readInodes(table, port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  const pids = (await list("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids) {
    if (until.aborted) return undefined;
    if (pid !== process.pid && (await holdsOne(pid, sockets))) return pid;
  }
  return undefined;
}

/** The inodes of the sockets that listen on the port, in the text of /proc/net/tcp or /proc/net/tcp6. */
export function readInodes(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [local = "", state, inode = "0"] = [fields[1], fields[3], fields[9]];
    return local.endsWith(`:${wanted}`) && state === listening && inode !== "0" ? [inode] : [];
  });
}

/** The words of a process' command line; none when it is hidden or gone. */
export async function readCommandLine(pid: number): Promise<string[]> {
  return (await readText(`/proc/${pid}/cmdline`)).split("\0").filter((word) => word !== "");
}

async function holdsOne(pid: number, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all((await list(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => "")));
  return links.some((link) => sockets.has(link));
}

/** Nothing for what is hidden from this user, or has gone meanwhile: who holds the port is only an addition. */
async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
