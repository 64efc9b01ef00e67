import type { ConnectionFacts } from "../../core/connection.ts";
import { asQboError, hasCode, QboError } from "../../core/errors.ts";
import type { HeldTokens } from "../../core/store-ports.ts";
import type { Secret } from "../../core/secret.ts";
import type { World } from "../../core/world.ts";
import { recordEvent, settle, type JournalEntry } from "../book-keeping.ts";
import { assertNotMoved, followMoves } from "../connections/connection-moved.ts";
import { readConnectionClient } from "../apps/client-secret.ts";
import { disconnect } from "./disconnect.ts";
import { openConsented } from "../refresh/rescue-consented.ts";
import { revokeNoted } from "./revoke-noted.ts";
import { openRescued } from "../refresh/save-renewed.ts";
import { removeLeftover, settleRemoval } from "../store/leftover.ts";

export type RemoteOutcome = "revoked" | "already-dead" | "failed" | "skipped";
type LocalOutcome = "disconnected" | "removed" | "kept";

export interface RevokeResult {
  connection: string;
  remote: RemoteOutcome;
  local: LocalOutcome;
  error: QboError | null;
}

export interface RevokeOptions {
  /** Do not ask Intuit: only disconnect here. */
  localOnly: boolean;
  /** Also remove name, facts and what else is kept of the connection. */
  forget: boolean;
}

export type RevokeDoors = Pick<
  World,
  | "env"
  | "configFiles"
  | "clock"
  | "facts"
  | "journal"
  | "notices"
  | "interruption"
  | "http"
  | "certificates"
  | "openStore"
  | "clients"
  | "rescue"
>;

/**
 * Revokes a connection at Intuit, then disconnects it here. What fails at Intuit leaves everything here as it was; the result tells both
 * parts, so that one connection's failure stops no other.
 * @throws CANCELLED.
 */
export async function revokeConnection(
  world: RevokeDoors,
  facts: ConnectionFacts,
  options: RevokeOptions,
): Promise<RevokeResult> {
  try {
    return await followMoves(facts, async (current) => {
      const store = await world.openStore(current.store);
      const work = async (held: HeldTokens) => ({
        latest: await world.facts.read(current.name),
        result: await revokeHeld(world, current, { held, options }),
      });
      const { latest, result } = await store.exclusively(facts.id, work, {
        announce: (holder) => world.notices.inform(`Waiting for ${holder}, which is working on ${facts.name}…`),
        signal: world.interruption,
      });
      if (result.local !== "kept" && latest?.alsoIn !== undefined) {
        const way = result.local === "removed" ? null : `qbo store move ${latest.name} --to ${latest.store}`;
        const copy = { name: latest.name, store: latest.alsoIn, way };
        await settleRemoval(world, copy, () => removeLeftover(world, latest));
      }
      return result;
    });
  } catch (error) {
    const known = nameOtherWay(asReportable(error), facts).with({ connection: facts.name });
    return { connection: facts.name, remote: "failed", local: "kept", error: known };
  }
}

interface Work {
  held: HeldTokens;
  options: RevokeOptions;
}

async function revokeHeld(world: RevokeDoors, facts: ConnectionFacts, work: Work): Promise<RevokeResult> {
  await assertNotMoved(world, facts);
  const { localOnly, forget } = work.options;
  // What is only to be removed here need not be readable.
  const token = localOnly ? undefined : await loadLatest(world, facts, work.held);
  if (!token && !localOnly) world.notices.warn(describeOtherWays(facts));
  if (!token) await note(world, facts, { outcome: "skipped" });
  const remote = token ? await revokeRemotely(world, facts, token) : "skipped";
  try {
    await disconnect(world, facts, { held: work.held, forget });
  } catch (error) {
    return { connection: facts.name, remote, local: "kept", error: explainKept(facts, remote, asReportable(error)) };
  }
  return { connection: facts.name, remote, local: forget ? "removed" : "disconnected", error: null };
}

/** The newest refresh token: the one in the second place, if a save failed earlier. The store is about to lose it and is not written. */
async function loadLatest(world: RevokeDoors, facts: ConnectionFacts, held: HeldTokens): Promise<Secret | undefined> {
  const stored = await held.load();
  const rescued = (await openConsented(world, facts)) ?? (stored && (await openRescued(world, facts, stored)));
  const latest = rescued ?? stored;
  return latest?.refreshToken.secret;
}

async function revokeRemotely(
  world: RevokeDoors,
  facts: ConnectionFacts,
  token: Secret,
): Promise<"revoked" | "already-dead"> {
  const client = await readConnectionClient(world, facts);
  const { environment, endpoints, id } = facts;
  return revokeNoted(world, { place: { environment, endpoints }, client, token, connection: id });
}

async function note(world: RevokeDoors, facts: ConnectionFacts, entry: Omit<JournalEntry, "event">): Promise<void> {
  await settle(world, facts, () => recordEvent(world, facts.id, { event: "revoked", ...entry }));
}

/** What a result can tell. An interruption and a defect end the whole command instead. */
function asReportable(error: unknown): QboError {
  const known = asQboError(error);
  if (!known || known.code === "CANCELLED") throw error;
  return known;
}

/** Where Intuit cannot be asked, the connection can still be ended on this side. */
function nameOtherWay(error: QboError, { name }: ConnectionFacts): QboError {
  if (!hasCode(error, "INTUIT_UNREACHABLE", "INTUIT_BUSY")) return error;
  const { code, message, hint, details, cause } = error;
  const way = `To disconnect here only, and leave the tokens alive at Intuit: qbo revoke ${name} --local-only`;
  return new QboError(code, message, { hint: hint === null ? way : `${hint} ${way}`, details, cause });
}

function explainKept({ name }: ConnectionFacts, remote: RemoteOutcome, reason: QboError): QboError {
  const done = remote === "skipped" ? "" : `${name} is revoked at Intuit, but its tokens are still here: `;
  return new QboError(reason.code, `${done}${reason.message}`, {
    hint: `${reason.hint === null ? "" : `${reason.hint} `}To remove what is left: qbo revoke ${name} --local-only`,
    details: { connection: name, ...reason.details },
    cause: reason,
  });
}

/** What is left to do when no token is: Intuit's own pages know the connection by its realm ID. */
function describeOtherWays({ name, realmId }: ConnectionFacts): string {
  return [
    `No token of ${name} is left here, so Intuit cannot be asked to revoke it. If the company still shows the app as connected:`,
    `  - as the developer: https://developer.intuit.com → your app → "Search by Realm ID" → ${realmId} → Disconnect`,
    "  - as the customer: in QuickBooks, Apps → My Apps → Disconnect",
  ].join("\n");
}
