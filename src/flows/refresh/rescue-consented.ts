import type { ConnectionFacts } from "../../core/connection.ts";
import { asQboError } from "../../core/errors.ts";
import { openByToken, sealByToken } from "../../core/sealed-by-token.ts";
import { Secret } from "../../core/secret.ts";
import type { CredentialStore } from "../../core/store-ports.ts";
import { decodeTokens, encodeTokens } from "../../core/token-record.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";
import type { Client } from "../../oauth/client.ts";
import { findClientSecret } from "../apps/client-secret.ts";

/*
 * Tokens of a fresh consent that no store took. There is no earlier refresh token to seal them under, so it is the client secret, without
 * which they would be of no use anyway.
 */

/**
 * Puts them into the second place, where the next refresh of the connection finds them; answers where that is. `undefined` when nothing
 * can be kept: no record names the connection, or the second place fails, too.
 */
export async function keepConsentedAside(
  world: Pick<World, "rescue" | "facts">,
  id: ConnectionFacts["id"],
  { client, tokens }: { client: Client; tokens: Tokens },
): Promise<{ place: string; name: string } | undefined> {
  try {
    const facts = (await world.facts.survey()).facts.find((known) => known.id === id);
    if (!facts) return undefined;
    const place = await world.rescue.write(id, sealByToken(new Secret(encodeTokens(tokens)), client.secret));
    await world.facts.update(facts.name, (current) => ({ ...current, isPending: true }));
    return { place, name: facts.name };
  } catch (error) {
    if (!asQboError(error)) throw error;
    // The failure that brought us here is the one to tell.
    return undefined;
  }
}

type Doors = Pick<World, "env" | "clients" | "openStore" | "rescue">;

/** The tokens of a fresh consent that are in the second place, if any are. Nothing is written. */
export async function openConsented(world: Doors, facts: ConnectionFacts): Promise<Tokens | undefined> {
  if (!facts.isPending) return undefined;
  const sealed = await world.rescue.read(facts.id);
  const secret = sealed === undefined ? undefined : await findClientSecret(world, facts.clientId);
  const opened = sealed !== undefined && secret ? openByToken(sealed, secret) : undefined;
  return opened && decodeTokens(opened.reveal());
}

/** Brings them back into the store, over whatever it holds: nothing older can outdo a fresh consent. */
export async function recoverConsented(
  world: Doors & Pick<World, "notices">,
  store: CredentialStore,
  facts: ConnectionFacts,
): Promise<void> {
  if (!facts.isPending || (await world.rescue.read(facts.id)) === undefined) return;
  await store.exclusively(facts.id, async (held) => {
    const tokens = await openConsented(world, facts);
    if (!tokens) return;
    const stored = await held.load();
    await held.replace({ ...tokens, generation: Math.max(stored?.generation ?? 0, facts.tokens.generation) + 1 });
    await world.rescue.remove(facts.id);
    world.notices.inform(`Tokens of ${facts.name} that could not be stored earlier were brought back.`);
  });
}
