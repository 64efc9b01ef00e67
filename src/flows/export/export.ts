import type { ConnectionFacts, ConnectionId } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { Secret } from "../../core/secret.ts";
import type { HeldTokens } from "../../core/store-ports.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";
import { readConnectionClient } from "../apps/client-secret.ts";
import { recordEvent } from "../book-keeping.ts";
import { explainLoss, loadTokens } from "../refresh/load-tokens.ts";
import { recoverRescued } from "../refresh/save-renewed.ts";
import { formatExport, type ExportedConnection } from "./export-document.ts";
import { sealText } from "./passphrase-seal.ts";

export interface ExportOptions {
  /** Whether the client secrets go along. */
  withClientSecret: boolean;
  /** The passphrase to seal with; absent for plain text. */
  passphrase: Secret | undefined;
}

export interface Exported {
  /** Sealed, or JSON in plain text: secret either way. */
  text: string;
  /** Which tokens are in it. */
  copies: { id: ConnectionId; fingerprint: string }[];
}

type Doors = Pick<
  World,
  "env" | "clock" | "facts" | "journal" | "notices" | "interruption" | "openStore" | "clients" | "rescue"
>;

/**
 * Connections as one text for another machine, sealed unless there is no passphrase. Nothing here changes: whoever hands the text out notes that
 * with `noteExported`.
 * @throws NOT_CONNECTED, STORE_UNAVAILABLE, STORE_CORRUPT, CANCELLED; APP_NOT_CONFIGURED when a client secret is wanted and unknown.
 */
export async function exportConnections(
  world: Doors,
  connections: readonly ConnectionFacts[],
  { withClientSecret, passphrase }: ExportOptions,
): Promise<Exported> {
  const gathered: ExportedConnection[] = [];
  for (const facts of connections) {
    if (world.interruption.aborted) throw new QboError("CANCELLED", "Interrupted; nothing was exported.");
    const tokens = await readLatest(world, facts);
    const clientSecret = withClientSecret ? (await readConnectionClient(world, facts)).secret : undefined;
    gathered.push({ facts, tokens, clientSecret });
  }
  const text = formatExport(gathered, world.clock.now());
  return {
    text: passphrase ? await sealText(text, passphrase) : text.reveal(),
    copies: gathered.map(({ facts: { id }, tokens }) => ({ id, fingerprint: fingerprint(tokens.refreshToken.secret) })),
  };
}

/** Notes in the journal that a copy of each connection's token has left. */
export async function noteExported(
  world: Pick<World, "journal">,
  copies: Exported["copies"],
  how: "sealed" | "plain",
): Promise<void> {
  for (const { id, fingerprint: tokenBefore } of copies)
    await recordEvent(world, id, { event: "exported", outcome: "ok", tokenBefore, detail: how });
}

/** The newest tokens, also where a refresh is under way or could not be stored. */
async function readLatest(world: Doors, facts: ConnectionFacts): Promise<Tokens> {
  const store = await world.openStore(facts.store);
  await loadTokens(world, store, facts);
  const read = async (held: HeldTokens) => {
    const stored = await held.load();
    if (!stored) throw await explainLoss(world, facts);
    return recoverRescued(world, facts, held, stored);
  };
  return store.exclusively(facts.id, read, {
    announce: (holder) => world.notices.inform(`Waiting for ${holder}, which is working on ${facts.name}…`),
    signal: world.interruption,
  });
}
