import { formatConnectionId, type ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { Tokens } from "../../core/tokens.ts";
import { resolveApp } from "../apps.ts";
import { recordEvent } from "../book-keeping.ts";
import { keepClientSecret, readSecretFromEnvironment } from "../client-secret.ts";
import { ConnectionMoved } from "../connection-moved.ts";
import { resolveEnvironment } from "../environments.ts";
import type { World } from "../../core/world.ts";
import { readSettings, type Settings } from "../settings.ts";
import { followTokens } from "../token-facts.ts";
import { buildFacts, buildTokens } from "./build-connection.ts";
import type { ImportEntry } from "./read-entries.ts";

/** How entries are brought in. */
export interface ImportOptions {
  /** Keep whatever is stored for a connection already. */
  ifAbsent: boolean;
  name?: string | undefined;
  environment?: string | undefined;
  app?: string | undefined;
}

export type ImportDoors = Pick<
  World,
  | "env"
  | "configFiles"
  | "clock"
  | "facts"
  | "journal"
  | "notices"
  | "openStore"
  | "clients"
  | "http"
  | "certificates"
  | "interruption"
>;

/** The connection that an entry became, or met. */
export interface BroughtIn {
  facts: ConnectionFacts;
  outcome: "imported" | "kept";
}

/** Stores one entry as a connection, unless what is stored already must be kept. */
export async function bringIn(world: ImportDoors, entry: ImportEntry, options: ImportOptions): Promise<BroughtIn> {
  try {
    return await bringInto(world, entry, options);
  } catch (error) {
    if (error instanceof ConnectionMoved) return bringIn(world, entry, options);
    throw error;
  }
}

async function bringInto(world: ImportDoors, entry: ImportEntry, options: ImportOptions): Promise<BroughtIn> {
  const settings = await readSettings(world, {
    environment: options.environment ?? entry.environment,
    app: options.app ?? entry.app,
  });
  const environment = await resolveEnvironment(world, settings, requireEnvironment(settings));
  const app = entry.clientId === undefined ? resolveApp(settings, environment) : undefined;
  const clientId = entry.clientId ?? app?.clientId ?? "";
  const id = formatConnectionId({ environment: environment.name, clientId, realmId: entry.realmId });
  const before = (await world.facts.list()).find((facts) => facts.id === id);
  const place = before?.store ?? settings.store.value;
  const store = await world.openStore(place);
  return store.exclusively(id, async (held) => {
    // Looked up again: another process may have brought it in while this one waited.
    const known = await world.facts.list();
    const previous = known.find((facts) => facts.id === id);
    if (previous && previous.store !== place) throw new ConnectionMoved(previous);
    const stored = await held.load();
    if (previous && stored && mustKeep(world, { previous, stored, entry, options }))
      return { facts: previous, outcome: "kept" };
    await held.checkWritable();
    const tokens = buildTokens(entry, (stored?.generation ?? 0) + 1, world.clock.now());
    const facts = buildFacts({
      entry,
      wantedName: options.name,
      environment,
      settings,
      id,
      clientId,
      known,
      previous,
      tokens,
      now: world.clock.now(),
      appName: app?.name,
    });
    const secret = entry.clientSecret ?? readSecretFromEnvironment(world.env, clientId);
    if (secret) await keepClientSecret(world, { id: clientId, secret }, facts.store);
    if (!previous) await world.facts.create(facts);
    await held.save(tokens, { after: stored?.generation ?? 0 });
    const settled = followTokens(facts, tokens);
    await world.facts.update(facts.name, () => settled);
    const tokenBefore = stored ? fingerprint(stored.refreshToken.secret) : null;
    await recordEvent(world, id, {
      event: "imported",
      outcome: "ok",
      tokenBefore,
      tokenAfter: fingerprint(tokens.refreshToken.secret),
    });
    return { facts: settled, outcome: "imported" };
  });
}

function requireEnvironment(settings: Settings): string {
  if (settings.environment) return settings.environment.value;
  throw new QboError("USAGE", "Neither the entry nor anything else says which environment it belongs to.", {
    hint: 'Add "environment":"sandbox" (or production) to the JSON, or give --env',
  });
}

interface Encounter {
  previous: ConnectionFacts;
  stored: Tokens;
  entry: ImportEntry;
  options: ImportOptions;
}

/**
 * Whether the stored tokens stay. A newer token is never replaced; one whose age cannot be compared is replaced only when the stored
 * one is of no use any more.
 */
function mustKeep(
  world: Pick<ImportDoors, "notices" | "clock">,
  { previous, stored, entry, options }: Encounter,
): boolean {
  if (options.ifAbsent || stored.refreshToken.secret.equals(entry.refreshToken)) return true;
  const now = world.clock.now();
  const isNewer = entry.rotatedAt !== undefined && entry.rotatedAt > stored.refreshToken.rotatedAt;
  // A rejection is evidence, not a verdict: it lets a token of unknown age in, and no older one.
  const isUseless =
    previous.disconnectedAt !== null ||
    (stored.refreshToken.expiresAt ?? Infinity) <= now ||
    (previous.rejection !== null && entry.rotatedAt === undefined);
  if (isUseless || isNewer) return false;
  const reason =
    entry.rotatedAt === undefined
      ? "the given one does not say how old it is (rotatedAt)"
      : "the given one is not newer";
  world.notices.warn(
    `${previous.name} keeps the token that is stored: ${reason}. To replace it all the same: qbo revoke ${previous.name} --local-only --yes`,
  );
  return true;
}
