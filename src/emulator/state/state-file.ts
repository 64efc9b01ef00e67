import { createPrivateKey, randomUUID } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { EmulatorError } from "../emulator-error.ts";
import { changePolicy, DEFAULT_POLICY } from "./policy.ts";
import type { Snapshot } from "./snapshot.ts";
import { isSnapshot } from "./snapshot.ts";

/** Reads a state file; `undefined` when there is none yet. Throws `EmulatorError` (`STATE_FILE_UNUSABLE`). */
export async function readStateFile(path: string): Promise<Snapshot | undefined> {
  try {
    return parseSnapshot(await readFile(path, "utf8"));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new EmulatorError("STATE_FILE_UNUSABLE", `${path} is not a readable state file of this emulator.`, { cause });
  }
}

/**
 * Writes snapshots so that the file is always whole: a new file, 0600, synced, renamed over the old one.
 * Calls that arrive during a write share the next one; each resolves once a snapshot taken after the call is on the disk.
 * The writes throw `EmulatorError` (`STATE_FILE_UNUSABLE`).
 */
export function createStateWriter(path: string, take: () => Snapshot): () => Promise<void> {
  let running: Promise<void> | undefined;
  let following: Promise<void> | undefined;

  function start(): Promise<void> {
    following = undefined;
    running = writeWhole(path, JSON.stringify(take())).finally(() => {
      running = undefined;
    });
    return running;
  }

  return () => {
    if (running === undefined) return start();
    // The write under way reports its own failure to those who wait for it; the next one starts in either case.
    following ??= running.then(start, start);
    return following;
  };
}

async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await writeSynced(draft, text);
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw new EmulatorError("STATE_FILE_UNUSABLE", `The state file ${path} cannot be written.`, { cause });
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Throws whatever is wrong with the text, so that nothing fails later. */
function parseSnapshot(text: string): Snapshot {
  const value: unknown = JSON.parse(text);
  if (!isSnapshot(value)) throw new TypeError("It is not a snapshot of this version.");
  changePolicy(DEFAULT_POLICY, { ...value.policy });
  createPrivateKey(value.signingKeyPem);
  return value;
}
