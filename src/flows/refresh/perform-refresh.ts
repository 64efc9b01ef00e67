import type { ConnectionFacts } from "../../core/connection.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import type { Instant } from "../../core/instant.ts";
import type { HeldTokens } from "../../core/store-ports.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";
import type { Client } from "../../oauth/client.ts";
import type { TokenGrant } from "../../oauth/token-answer.ts";
import { readConnectionClient } from "../apps/client-secret.ts";
import { recordEvent, settle } from "../book-keeping.ts";
import { judgeRefreshFailure } from "./refresh-failure.ts";
import { requestRefresh } from "./request-refresh.ts";
import { saveRenewed } from "./save-renewed.ts";
import { followTokens } from "./token-facts.ts";

export type RefreshDoors = Pick<
  World,
  | "env"
  | "platform"
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
 * One refresh by the holder of the connection: journal, request, durable save, facts. What can fail on this machine is tried before
 * the request, because after it the old refresh token may be dead.
 * @throws what `judgeRefreshFailure` makes of the reply; STORE_UNAVAILABLE when the new tokens could not be stored.
 */
export async function performRefresh(world: RefreshDoors, facts: ConnectionFacts, refresh: Refresh): Promise<Tokens> {
  return refreshAsClient(world, facts, { ...refresh, client: await readConnectionClient(world, facts) });
}

interface Refresh {
  held: HeldTokens;
  current: Tokens;
  /** Told when Intuit has granted new tokens, before they are stored. */
  onGranted?: (() => void) | undefined;
}

/** As `performRefresh`, with a client whose secret need not be stored yet. */
export async function refreshAsClient(
  world: RefreshDoors,
  facts: ConnectionFacts,
  { held, current, client, onGranted }: Refresh & { client: Client },
): Promise<Tokens> {
  await held.checkWritable();
  const tokenBefore = fingerprint(current.refreshToken.secret);
  await recordEvent(world, facts.id, { event: "refresh-started", tokenBefore });
  const reply = await requestRefresh(world, facts, client, current);
  if (reply.kind !== "granted") throw await judgeRefreshFailure(world, facts, { reply, held, current });
  onGranted?.();
  const renewed = followGrant(current, reply.grant, world.clock.now());
  await saveRenewed(world, facts, held, { previous: current, renewed });
  await settle(world, facts, async () => {
    const { intuitTid } = reply;
    const tokenAfter = fingerprint(renewed.refreshToken.secret);
    await recordEvent(world, facts.id, { event: "refreshed", outcome: "ok", tokenBefore, tokenAfter, intuitTid });
    const at = world.clock.now();
    await world.facts.update(facts.name, (latest) =>
      latest.id === facts.id
        ? { ...followTokens(latest, renewed), lastUsedAt: at, lastRefresh: { at, outcome: "ok", intuitTid } }
        : latest,
    );
    await world.rescue.remove(facts.id);
  });
  return renewed;
}

/** The tokens that a grant makes of the current ones. Intuit may return the same refresh token or a new one. */
export function followGrant(current: Tokens, grant: TokenGrant, now: Instant): Tokens {
  const isSame = grant.refreshToken.secret.equals(current.refreshToken.secret);
  return {
    generation: current.generation + 1,
    accessToken: grant.accessToken,
    refreshToken: {
      ...grant.refreshToken,
      rotatedAt: isSame ? current.refreshToken.rotatedAt : now,
      hardExpiresAt: grant.refreshToken.hardExpiresAt ?? current.refreshToken.hardExpiresAt,
    },
  };
}
