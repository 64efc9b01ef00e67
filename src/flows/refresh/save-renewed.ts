import type { ConnectionFacts } from "../../core/connection.ts";
import { asQboError, QboError } from "../../core/errors.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import { StaleGeneration } from "../../core/failures.ts";
import type { HeldTokens } from "../../core/store-ports.ts";
import { openByToken, sealByToken } from "../../core/sealed-by-token.ts";
import { Secret } from "../../core/secret.ts";
import { decodeTokens, encodeTokens } from "../../core/token-record.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";
import { recordEvent, settle } from "../book-keeping.ts";
import { followTokens } from "./token-facts.ts";

type Doors = Pick<World, "rescue" | "notices">;

/**
 * Stores renewed tokens over `previous`. When the store fails now, after Intuit may have retired the previous refresh token, the
 * new tokens are sealed under that previous token into a second place, where the next refresh finds them.
 * @throws STORE_UNAVAILABLE naming the way back; `StaleGeneration` when another holder saved meanwhile.
 */
export async function saveRenewed(
  world: Doors,
  facts: ConnectionFacts,
  held: HeldTokens,
  { previous, renewed }: { previous: Tokens; renewed: Tokens },
): Promise<void> {
  try {
    await held.save(renewed, { after: previous.generation });
  } catch (error) {
    if (error instanceof StaleGeneration) throw error;
    const sealed = sealByToken(new Secret(encodeTokens(renewed)), previous.refreshToken.secret);
    const known = asQboError(error);
    const { hint, isKeptAside } = await keepAside(world, facts, sealed);
    const reason = known?.message ?? "The store could not be written.";
    // Where nothing kept them, whoever tried again would send the previous token once more.
    const details = isKeptAside ? { ...known?.details, isKeptAside } : {};
    throw new QboError(
      "STORE_UNAVAILABLE",
      `${facts.name} was refreshed, but the new tokens could not be stored: ${reason}`,
      { hint, details: { ...details, connection: facts.name }, cause: error },
    );
  }
}

interface Aside {
  /** The way back. */
  hint: string;
  isKeptAside?: true;
}

/** Puts sealed tokens into the second place; answers the way back, also where that place fails, too. */
async function keepAside(world: Doors, { id, name }: ConnectionFacts, sealed: string): Promise<Aside> {
  try {
    const place = await world.rescue.write(id, sealed);
    const hint = `They are kept, sealed, in ${place}. Mend the store, then run: qbo refresh ${name}`;
    return { hint, isKeptAside: true };
  } catch (error) {
    const known = asQboError(error);
    if (!known) throw error;
    const hint = `No other place took them: ${known.message} Mend the store, then run: qbo refresh ${name} (if Intuit rejects that: qbo login ${name})`;
    return { hint };
  }
}

/**
 * Brings tokens back that an earlier, failed save put into the second place; answers what the store holds afterwards. The refresh that
 * they came from is noted only now: until then nobody else could have used them.
 */
export async function recoverRescued(
  world: Doors & Pick<World, "clock" | "facts" | "journal">,
  facts: ConnectionFacts,
  held: HeldTokens,
  stored: Tokens,
): Promise<Tokens> {
  const rescued = await openRescued(world, facts, stored);
  if (!rescued) return stored;
  await held.save(rescued, { after: stored.generation });
  await settle(world, facts, async () => {
    const tokenBefore = fingerprint(stored.refreshToken.secret);
    const tokenAfter = fingerprint(rescued.refreshToken.secret);
    const detail = "stored later than it was refreshed";
    await recordEvent(world, facts.id, { event: "refreshed", outcome: "ok", tokenBefore, tokenAfter, detail });
    const lastRefresh = { at: world.clock.now(), outcome: "ok", intuitTid: null } as const;
    await world.facts.update(facts.name, (latest) =>
      latest.id === facts.id ? { ...followTokens(latest, rescued), lastRefresh } : latest,
    );
  });
  await world.rescue.remove(facts.id);
  world.notices.inform(`Tokens of ${facts.name} that could not be stored earlier were brought back.`);
  return rescued;
}

/** The tokens in the second place, if it holds any that replaced `stored`. Nothing is written. */
export async function openRescued(
  world: Pick<World, "rescue">,
  facts: ConnectionFacts,
  stored: Tokens,
): Promise<Tokens | undefined> {
  const sealed = await world.rescue.read(facts.id);
  const opened = sealed === undefined ? undefined : openByToken(sealed, stored.refreshToken.secret);
  return opened && { ...decodeTokens(opened.reveal()), generation: stored.generation + 1 };
}
