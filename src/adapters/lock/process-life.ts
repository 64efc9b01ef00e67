import { readFileSync, readlinkSync } from "node:fs";

/** A process as it can be found again: with the moment of its start, since process IDs are used anew. */
export interface ProcessIdentity {
  pid: number;
  /** In the system's own unit (Linux: clock ticks since boot); null where it cannot be learned. */
  processStart: string | null;
}

/** When the process started; null when that cannot be learned (no such process, or no /proc). */
export function readProcessStart(pid: number): string | null {
  return readStat(pid)?.start ?? null;
}

/**
 * The space in which process IDs mean something: the running system and the container's process namespace. Null where
 * that cannot be learned; there the host's name has to do. (Containers often share their host's name.)
 */
export function readProcessSpace(): string | null {
  const boot = readText("/proc/sys/kernel/random/boot_id");
  const namespace = attempt(() => readlinkSync("/proc/self/ns/pid"));
  return boot === null || namespace === null ? null : `${boot.trim()} ${namespace}`;
}

/**
 * Whether that very process still runs on this machine. False only on evidence: no process has the ID, it has ended and
 * only its entry waits to be collected, or the process that has the ID now started at another moment.
 */
export function isProcessAlive({ pid, processStart }: ProcessIdentity): boolean {
  if (!hasProcess(pid)) return false;
  const stat = readStat(pid);
  if (stat === null) return true;
  return !"ZX".includes(stat.state) && (processStart === null || stat.start === processStart);
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** State and start time from proc_pid_stat(5), fields 3 and 22; the name before them may contain anything. */
function readStat(pid: number): { state: string; start: string } | null {
  const text = readText(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ") ?? [];
  const [state, start] = [fields[0], fields[19]];
  return state === undefined || start === undefined ? null : { state, start };
}

function readText(path: string): string | null {
  return attempt(() => readFileSync(path, "utf8"));
}

/** Null for what this system does not tell: everything here is an addition to what is known without it. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
