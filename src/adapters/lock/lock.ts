import { join } from "node:path";
import { QboError } from "../../core/errors.ts";
import { second } from "../../core/instant.ts";
import type { Clock, Random } from "../../core/ports.ts";
import type { HeldLock, Lock } from "../../core/store-ports.ts";
import { ensureFolder } from "../durable-file/durable-file.ts";
import { withFile } from "../durable-file/file-failure.ts";
import { openLockFile } from "./lock-file.ts";
import type { LockFile } from "./lock-file.ts";
import { nameLockFile } from "./lock-record.ts";
import { waitForLock } from "./lock-wait.ts";
import { isProcessAlive, readProcessSpace, readProcessStart } from "./process-life.ts";
import type { ProcessIdentity } from "./process-life.ts";

export interface LockOptions {
  /** The folder of the lock files; made, for its owner alone, with the first lock. */
  folder: string;
  clock: Clock;
  host: string;
  pid: number;
  random: Random;
  /** Whether a process of this machine still runs; asked only about holders whose process IDs mean something here. */
  isAlive?: (holder: ProcessIdentity) => boolean;
  /** Milliseconds without a sign of life after which a holder counts as gone; longer than any hold (90 s). */
  staleAfter?: number;
  /** Milliseconds between signs of life (5 s). */
  heartbeat?: number;
  /** Milliseconds that a waiter waits at most (120 s). */
  patience?: number;
}

/**
 * Locks in files, one per name in `folder`. A holder that ended without giving its lock back is replaced at once on its
 * own machine, and after `staleAfter` elsewhere. Throws FILES_UNAVAILABLE when the file system fails.
 */
export function createLock(options: LockOptions): Lock {
  const { folder, clock, host, pid, random, heartbeat = 5 * second } = options;
  const { isAlive = isProcessAlive, staleAfter = 90 * second, patience = 120 * second } = options;
  // What a process is does not change. The system takes its time to tell, the longer the more threads there are.
  let self: ReturnType<typeof readSelf> | undefined;
  const readSelf = () => ({ here: { host, space: readProcessSpace() }, processStart: readProcessStart(pid) });
  return {
    async exclusively(name, work, wait = {}) {
      const path = join(folder, nameLockFile(name));
      const { here, processStart } = (self ??= readSelf());
      const record = { owner: random.token(16), pid, processStart, ...here, since: clock.now() };
      const file = withFile(path, () => {
        ensureFolder(folder);
        return openLockFile({ path, record, now: () => clock.now() });
      });
      const waiting = { path, here, clock, random, isAlive, staleAfter, heartbeat, patience };
      const left = await waitForLock(file, wait, waiting).finally(() => withFile(path, file.endWait));
      return left === undefined ? hold(file, { path, work, heartbeat }) : left.answer;
    },
  };
}

interface Holding<T> {
  path: string;
  work: (held: HeldLock) => Promise<T>;
  heartbeat: number;
}

/** Does the work and gives signs of life meanwhile, until the lock is found to be somebody else's. */
async function hold<T>(file: LockFile, { path, work, heartbeat }: Holding<T>): Promise<T> {
  let trouble: unknown;
  const beat = () => {
    try {
      if (file.isMine()) file.touch();
      else clearInterval(timer);
    } catch (error) {
      // A timer has nobody to throw to. Whether the lock is lost by it, `assertOwned` finds out for itself.
      trouble = error;
    }
  };
  const timer = setInterval(beat, heartbeat).unref();
  const held: HeldLock = {
    async assertOwned() {
      if (!withFile(path, () => file.isMine())) throw lost(trouble);
    },
  };
  try {
    return await work(held);
  } finally {
    clearInterval(timer);
    giveBack(file);
  }
}

/** A lock that cannot be given back harms nobody for long: it is taken over when this process has ended. */
function giveBack(file: LockFile): void {
  try {
    file.release();
  } catch {
    // The work is done and its outcome is what the caller has to learn.
  }
}

function lost(cause: unknown): QboError {
  return new QboError("LOCK_TIMED_OUT", "This process was suspended for so long that another one took over its work.", {
    hint: "Run the command again.",
    cause,
  });
}
