import type { ConnectionFacts } from "../core/connection.ts";
import { asQboError, type QboError } from "../core/errors.ts";
import { fingerprint } from "../core/fingerprint.ts";
import type { HeldTokens } from "../core/store-ports.ts";
import type { Secret } from "../core/secret.ts";
import type { World } from "../core/world.ts";
import { recordEvent, settle } from "./book-keeping.ts";
import { readConnectionClient } from "./client-secret.ts";
import { releaseClientSecret } from "./release-client-secret.ts";
import { revokeToken } from "./revoke-token.ts";

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

type Doors = Pick<
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

/** Revokes a connection at Intuit, then disconnects it here. What fails at Intuit leaves everything here as it was. */
export async function revokeConnection(
  world: Doors,
  facts: ConnectionFacts,
  options: RevokeOptions,
): Promise<RevokeResult> {
  const store = await world.openStore(facts.store);
  try {
    return await store.exclusively(facts.id, (held) => revokeHeld(world, facts, { held, options }), {
      announce: (holder) => world.notices.inform(`Waiting for ${holder}, which is working on ${facts.name}…`),
      signal: world.interruption,
    });
  } catch (error) {
    const known = asQboError(error);
    if (!known || known.code === "CANCELLED") throw error;
    return { connection: facts.name, remote: "failed", local: "kept", error: known.with({ connection: facts.name }) };
  }
}

async function revokeHeld(
  world: Doors,
  facts: ConnectionFacts,
  { held, options }: { held: HeldTokens; options: RevokeOptions },
): Promise<RevokeResult> {
  // What is only to be removed here need not be readable.
  const tokens = options.localOnly ? undefined : await held.load();
  const tokenBefore = tokens ? fingerprint(tokens.refreshToken.secret) : null;
  if (!tokens && !options.localOnly) world.notices.warn(describeOtherWays(facts));
  const remote =
    options.localOnly || !tokens ? "skipped" : await revokeRemotely(world, facts, tokens.refreshToken.secret);
  await settle(world, facts, () => recordEvent(world, facts.id, { event: "revoked", outcome: remote, tokenBefore }));
  // Whoever finds no tokens after a crash must see from the facts that it was no accident.
  await settle(world, facts, () => world.facts.update(facts.name, (latest) => ({ ...latest, isPending: true })));
  await held.remove();
  await settle(world, facts, async () => {
    await world.rescue.remove(facts.id);
    if (options.forget) {
      await world.facts.remove(facts.name);
      await world.journal.forget(facts.id);
      await releaseClientSecret(world, facts.clientId);
      return;
    }
    await world.facts.update(facts.name, (latest) => ({
      ...latest,
      disconnectedAt: world.clock.now(),
      isPending: false,
      rejection: null,
    }));
  });
  return { connection: facts.name, remote, local: options.forget ? "removed" : "disconnected", error: null };
}

async function revokeRemotely(
  world: Doors,
  facts: ConnectionFacts,
  token: Secret,
): Promise<"revoked" | "already-dead"> {
  const client = await readConnectionClient(world, facts);
  return revokeToken(world, { environment: facts.environment, endpoints: facts.endpoints }, client, token);
}

/** What is left to do when no token is: Intuit's own pages know the connection by its realm ID. */
function describeOtherWays({ name, realmId }: ConnectionFacts): string {
  return [
    `No token of ${name} is left here, so Intuit cannot be asked to revoke it. If the company still shows the app as connected:`,
    `  - as the developer: https://developer.intuit.com → your app → "Search by Realm ID" → ${realmId} → Disconnect`,
    "  - as the customer: in QuickBooks, Apps → My Apps → Disconnect",
  ].join("\n");
}
