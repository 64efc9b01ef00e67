import type { ConnectionFacts } from "../../core/connection.ts";
import { deriveConnectionName } from "../../core/connection-name.ts";
import type { Instant } from "../../core/instant.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { Client } from "../../oauth/client.ts";
import type { KnownRecords } from "../connections/known-records.ts";
import { describeTokens } from "../refresh/token-facts.ts";
import type { LoginPlan } from "./plan.ts";

/** What a sign-in brought, and what was known before. */
export interface Ingredients extends Pick<KnownRecords, "isNameTaken"> {
  id: ConnectionFacts["id"];
  client: Client;
  realmId: string;
  tokens: Tokens;
  /** The record of the connection that is met again. */
  previous: ConnectionFacts | undefined;
  now: Instant;
}

/** The facts of a connection whose tokens are about to be stored: pending until they are. */
export function buildFacts(
  plan: LoginPlan,
  { id, client, realmId, tokens, previous, isNameTaken, now }: Ingredients,
): ConnectionFacts {
  return {
    id,
    name:
      previous?.name ??
      findFreeName([plan.name, plan.existing?.name], isNameTaken) ??
      deriveConnectionName(null, realmId, isNameTaken),
    environment: plan.environment.name,
    app: plan.app.name,
    clientId: client.id,
    realmId,
    companyName: previous?.companyName ?? null,
    scopes: plan.scopes,
    store: plan.store,
    ...keepLeftover(previous, id, plan.store),
    endpoints: plan.environment.endpoints,
    connectedAt: now,
    lastUsedAt: null,
    tokens: describeTokens(tokens),
    lastRefresh: null,
    rejection: null,
    disconnectedAt: null,
    idToken: null,
    isPending: true,
  };
}

/** A copy of the same connection's tokens that an interrupted move left somewhere else. */
function keepLeftover(
  previous: ConnectionFacts | undefined,
  id: ConnectionFacts["id"],
  store: string,
): Pick<ConnectionFacts, "alsoIn"> {
  const alsoIn = previous?.id === id ? previous.alsoIn : undefined;
  return alsoIn === undefined || alsoIn === store ? {} : { alsoIn };
}

/** The first wanted name that nobody has taken since it was asked for. */
function findFreeName(wanted: readonly (string | undefined)[], isTaken: (name: string) => boolean): string | undefined {
  return wanted.find((name) => name !== undefined && !isTaken(name));
}
