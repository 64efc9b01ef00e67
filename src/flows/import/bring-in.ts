import type { ConnectionFacts } from "../../core/connection.ts";
import { hasCode, QboError } from "../../core/errors.ts";
import { StaleGeneration } from "../../core/failures.ts";
import type { HeldTokens } from "../../core/store-ports.ts";
import type { Tokens } from "../../core/tokens.ts";
import { ConnectionMoved } from "../connections/connection-moved.ts";
import { createRecord } from "../connections/create-record.ts";
import { assertMayRefresh } from "../refresh/may-refresh.ts";
import { admitTokens } from "./admit.ts";
import { buildTokens } from "./build-connection.ts";
import { keepGivenSecret, requireImportClient } from "./import-client.ts";
import type { ImportDoors } from "./import-doors.ts";
import type { ImportMemory } from "./import-memory.ts";
import { findImportTarget, type ImportChoice, type ImportTarget } from "./import-target.ts";
import { finishGranted, keepStored, keepUnproved, type BroughtIn } from "./keep-entry.ts";
import { isProved, meetStored, type Met } from "./meet-stored.ts";
import { mustKeep } from "./must-keep.ts";
import { proveStored, replaceProved, type Proof } from "./prove.ts";
import type { ImportEntry } from "./read-entries.ts";

/** How entries are brought in. */
export interface ImportOptions extends ImportChoice {
  /** Keep whatever is stored for a connection already. */
  ifAbsent: boolean;
  /** Prove each token by one refresh. */
  refresh: boolean;
  name?: string | undefined;
}

/** How one entry is brought in. */
export interface EntryOptions extends ImportOptions, Pick<Proof, "onRejection" | "onGranted"> {
  /** Whether Intuit granted new tokens for it a moment ago, and the store went away before all was stored. */
  wasGranted: boolean;
  memory: ImportMemory;
}

/** Stores one entry as a connection, unless what is stored already must be kept, and proves it by one refresh. */
export async function bringIn(world: ImportDoors, entry: ImportEntry, options: EntryOptions): Promise<BroughtIn> {
  const target = await findImportTarget(world, entry, options);
  const { id, settings } = target;
  const before = await options.memory.known.find(id);
  const name = before?.store ?? settings.store.value;
  const store = await world.openStore(name);
  try {
    return await store.exclusively(id, (held) => bringInHeld(world, { entry, options, target, held, store: name }), {
      announce: (holder) => world.notices.inform(`Waiting for ${holder}, which is working on this connection…`),
      signal: world.interruption,
    });
  } catch (cause) {
    if (cause instanceof ConnectionMoved) return bringIn(world, entry, options);
    if (!(cause instanceof StaleGeneration)) throw cause;
    throw new QboError("LOCK_TIMED_OUT", "Another process stored newer tokens of this connection meanwhile.", {
      hint: "See what is there now: qbo status",
      cause,
    });
  }
}

interface Work {
  entry: ImportEntry;
  options: EntryOptions;
  target: ImportTarget;
  held: HeldTokens;
  /** The store that was opened. */
  store: string;
}

async function bringInHeld(world: ImportDoors, work: Work): Promise<BroughtIn> {
  const { entry, options, held } = work;
  const { memory, onRejection, onGranted } = options;
  const met = await meetStored(world, { ...work, name: options.name, known: memory.known });
  const { previous, stored } = met;
  if (previous && stored && options.wasGranted) return finishGranted(world, entry, { facts: previous, stored });
  const isSame = stored?.refreshToken.secret.equals(entry.refreshToken) ?? false;
  if (previous && stored) {
    const isSettled = isSame && (!options.refresh || (await isProved(previous, memory)));
    if (options.ifAbsent || isSettled) return keepStored(previous);
    if (!isSame && mustKeep(world, { previous, stored, entry })) return keepStored(previous);
  }
  assertSameStore(previous, options);
  const tokens = isSame && stored ? stored : buildTokens(entry, (stored?.generation ?? 0) + 1, world.clock.now());
  const facts = met.build(tokens);
  const client = options.refresh ? await requireImportClient(world, entry, work.target) : undefined;
  await held.checkWritable();
  if (client && stored && !isSame)
    return replaceStored(world, work, {
      proof: { facts, held, client, stored, onRejection, onGranted },
      given: tokens,
    });
  const admitted = isSame && previous && !previous.isPending ? previous : await admit(world, work, { ...met, tokens });
  return client
    ? proveAdmitted(world, work, { facts: admitted, held, client, stored: tokens, onRejection, onGranted })
    : keepUnproved(world, entry, admitted);
}

/** Facts marked pending, then the secret, then the facts. */
async function admit(
  world: ImportDoors,
  { held, options: { memory } }: Work,
  { previous, stored, tokens, build }: Met & { tokens: Tokens },
): Promise<ConnectionFacts> {
  const facts = previous ? build(tokens) : await createRecord(world, memory.known, () => build(tokens));
  memory.noteGiven(facts.id);
  return admitTokens(world, { facts, known: memory.known, held, tokens, stored });
}

async function proveAdmitted(world: ImportDoors, { entry }: Work, proof: Proof): Promise<BroughtIn> {
  const { facts, stored } = proof;
  // Whoever imports the same token again meets what the first attempt left: a lost answer is given its time.
  await assertMayRefresh(world, facts, stored, { force: true, askedAt: world.clock.now() });
  const keepSecret = () => keepGivenSecret(world, entry, { id: facts.clientId, store: facts.store });
  try {
    const renewed = await proveStored(world, proof);
    await keepSecret();
    const isReplaced = renewed !== undefined && !renewed.refreshToken.secret.equals(entry.refreshToken);
    return { facts, outcome: "imported", proven: renewed !== undefined, isReplaced };
  } catch (error) {
    // Intuit looks at the keys first: a rejected token means that they are right.
    if (hasCode(error, "REFRESH_REJECTED")) await keepSecret();
    throw error;
  }
}

async function replaceStored(
  world: ImportDoors,
  { entry }: Work,
  { proof, given }: { proof: Proof; given: Tokens },
): Promise<BroughtIn> {
  const { facts } = proof;
  const renewed = await replaceProved(world, proof, given);
  await keepGivenSecret(world, entry, { id: facts.clientId, store: facts.store });
  return {
    facts,
    outcome: "imported",
    proven: true,
    isReplaced: !renewed.refreshToken.secret.equals(entry.refreshToken),
  };
}

/** A connection stays where it is: two stores would hold two tokens of one chain. */
function assertSameStore(previous: ConnectionFacts | undefined, { store }: ImportOptions): void {
  if (!previous || store === undefined || store === previous.store) return;
  throw new QboError("USAGE", `${previous.name} is kept in the ${previous.store} store, not in ${store}.`, {
    hint: `Leave out --store, or first make room: qbo revoke ${previous.name} --local-only --forget --yes`,
  });
}
