import { formatConnectionId, type ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import type { HeldTokens } from "../../core/store-ports.ts";
import type { Tokens } from "../../core/tokens.ts";
import { unlessCode } from "../../core/unless-code.ts";
import type { World } from "../../core/world.ts";
import type { Client } from "../../oauth/client.ts";
import type { TokenGrant } from "../../oauth/token-answer.ts";
import { settle } from "../book-keeping.ts";
import { keepClientSecret } from "../apps/client-secret.ts";
import { createRecord } from "../connections/create-record.ts";
import { readKnownRecords } from "../connections/known-records.ts";
import { keepConsentedAside } from "../refresh/rescue-consented.ts";
import { releaseClientSecret } from "../apps/release-client-secret.ts";
import { followTokens } from "../refresh/token-facts.ts";
import { buildFacts } from "./build-facts.ts";
import { formatLoginCommand } from "./login-command.ts";
import type { LoginPlan } from "./plan.ts";
import { nameServer } from "./server-name.ts";

type Doors = Pick<World, "env" | "configFiles" | "clock" | "facts" | "clients" | "openStore" | "notices" | "rescue">;

export interface KeptConnection {
  facts: ConnectionFacts;
  isReconnected: boolean;
}

/**
 * Stores what a sign-in brought: facts marked pending, then the secret, then the facts. A crash in between leaves either no
 * connection or a working one.
 */
export async function keepConnection(
  world: Doors,
  plan: LoginPlan,
  client: Client,
  fresh: { grant: TokenGrant; realmId: string },
): Promise<KeptConnection> {
  const id = formatConnectionId({ environment: plan.environment.name, clientId: client.id, realmId: fresh.realmId });
  const { kept, previous } = await storeFresh(world, plan, client, { ...fresh, id }).catch(async (error: unknown) => {
    throw error instanceof QboError ? await explainUnstored(world, plan, client, { ...fresh, id, error }) : error;
  });
  await settle(world, kept, () => world.rescue.remove(kept.id));
  await settle(world, kept, () => keepClientSecret(world, client, plan.store));
  await settle(world, kept, () => removeOvertaken(world, previous, kept));
  return { facts: kept, isReconnected: previous !== undefined && (!previous.isPending || plan.existing !== undefined) };
}

interface Fresh {
  id: ConnectionFacts["id"];
  grant: TokenGrant;
  realmId: string;
}

async function storeFresh(
  world: Doors,
  plan: LoginPlan,
  client: Client,
  { id, grant, realmId }: Fresh,
): Promise<{ kept: ConnectionFacts; previous: ConnectionFacts | undefined }> {
  const store = await world.openStore(plan.store);
  return store.exclusively(
    id,
    async (held) => {
      let known = await readKnownRecords(world);
      // Looked up again: while the person was in the browser, others may have renamed or forgotten it.
      const earlier = known.find(id) ?? known.facts.find((facts) => facts.id === plan.existing?.id);
      const overtaken = Math.max((await findGeneration(held)) ?? 0, earlier?.tokens.generation ?? 0);
      const tokens = buildTokens(grant, overtaken + 1, world.clock.now());
      const ingredients = { id, client, realmId, tokens, previous: earlier, now: world.clock.now() };
      const build = () => buildFacts(plan, { ...ingredients, isNameTaken: known.isNameTaken });
      const catchUp = async () => void (known = await readKnownRecords(world));
      const pending = earlier ? build() : await createRecord(world, { catchUp }, build);
      if (earlier) await world.facts.update(earlier.name, (current) => ({ ...current, isPending: true }));
      await held.replace(tokens);
      const settled = followTokens(pending, tokens);
      return { kept: (await world.facts.update(pending.name, () => settled)) ?? settled, previous: earlier };
    },
    { announce: (holder) => world.notices.inform(`Waiting for ${holder}, which is working on this connection…`) },
  );
}

/** What becomes of a consent whose tokens could not be stored: it stands all the same, and the person must know what to do about it. */
async function explainUnstored(
  world: Doors,
  plan: LoginPlan,
  client: Client,
  { id, grant, error }: Fresh & { error: QboError },
): Promise<QboError> {
  const aside = await keepConsentedAside(world, id, { client, tokens: buildTokens(grant, 1, world.clock.now()) });
  const hint = aside
    ? `They are kept, sealed, in ${aside.place}. Mend the store, then run: qbo refresh ${aside.name}`
    : `Mend that, then sign in again: ${formatLoginCommand(plan)}. Until then the consent stands at ${nameServer(plan.environment.name)}; the customer can withdraw it in QuickBooks, under Apps > My Apps > Disconnect.`;
  const message = `Consent was given, but its tokens could not be stored: ${error.message}`;
  return new QboError(error.code, message, { hint, details: { ...error.details }, cause: error });
}

/** The generation of what is stored. A record that cannot be read any more must not keep a person from signing in again. */
async function findGeneration(held: HeldTokens): Promise<number | undefined> {
  return (await unlessCode("STORE_CORRUPT", () => held.load()))?.generation;
}

function buildTokens({ accessToken, refreshToken }: TokenGrant, generation: number, now: number): Tokens {
  return { generation, accessToken, refreshToken: { ...refreshToken, rotatedAt: now } };
}

/** Tokens of the same connection that lie elsewhere, because the client or the store changed, are of no use any more. */
async function removeOvertaken(
  world: Doors,
  previous: ConnectionFacts | undefined,
  current: ConnectionFacts,
): Promise<void> {
  if (!previous || (previous.id === current.id && previous.store === current.store)) return;
  await (await world.openStore(previous.store)).exclusively(previous.id, (held) => held.remove());
  await releaseClientSecret(world, previous.clientId);
}
