import type { ConnectionFacts } from "../../core/connection.ts";
import { deriveConnectionName, isConnectionName } from "../../core/connection-name.ts";
import { QboError } from "../../core/errors.ts";
import type { Instant } from "../../core/instant.ts";
import type { Tokens } from "../../core/tokens.ts";
import { defaultScopes } from "../../intuit/scopes.ts";
import type { KnownRecords } from "../connections/known-records.ts";
import { describeTokens } from "../refresh/token-facts.ts";
import type { ImportTarget } from "./import-target.ts";
import type { ImportEntry } from "./read-entries.ts";

/** The tokens of an entry, as far as it has them. */
export function buildTokens(entry: ImportEntry, generation: number, now: Instant): Tokens {
  return {
    generation,
    accessToken:
      entry.accessToken && entry.accessTokenExpiresAt !== undefined
        ? { secret: entry.accessToken, expiresAt: entry.accessTokenExpiresAt }
        : null,
    refreshToken: {
      secret: entry.refreshToken,
      expiresAt: entry.refreshTokenExpiresAt ?? null,
      rotatedAt: entry.rotatedAt ?? now,
      hardExpiresAt: entry.hardExpiresAt ?? null,
    },
  };
}

/** What the facts of a brought-in connection are made of. */
export interface Ingredients extends Pick<KnownRecords, "isNameTaken"> {
  entry: ImportEntry;
  /** The name that was asked for on the command line. */
  wantedName: string | undefined;
  target: ImportTarget;
  /** The store that holds the tokens. */
  store: string;
  previous: ConnectionFacts | undefined;
  tokens: Tokens;
  now: Instant;
}

/**
 * The facts of a brought-in connection, marked pending. What is known of it already is kept, unless the entry says otherwise.
 * @throws USAGE when its name cannot be used or is taken.
 */
export function buildFacts({
  entry,
  wantedName,
  target,
  store,
  isNameTaken,
  previous,
  tokens,
  now,
}: Ingredients): ConnectionFacts {
  const { environment, settings, app, clientId, id } = target;
  return {
    id,
    name:
      previous?.name ??
      readName(wantedName ?? entry.name, isNameTaken) ??
      deriveConnectionName(entry.companyName ?? null, entry.realmId, isNameTaken),
    environment: environment.name,
    app: entry.app ?? app?.name ?? settings.app?.value ?? environment.name,
    clientId,
    realmId: entry.realmId,
    companyName: entry.companyName ?? previous?.companyName ?? null,
    scopes: entry.scopes ?? previous?.scopes ?? settings.scopes?.value ?? [...defaultScopes],
    store,
    ...(previous?.alsoIn === undefined ? {} : { alsoIn: previous.alsoIn }),
    endpoints: environment.endpoints,
    connectedAt: previous?.connectedAt ?? now,
    lastUsedAt: null,
    tokens: describeTokens(tokens),
    lastRefresh: null,
    rejection: null,
    disconnectedAt: null,
    idToken: previous?.idToken ?? null,
    isPending: true,
  };
}

function readName(name: string | undefined, isTaken: (name: string) => boolean): string | undefined {
  if (name === undefined) return undefined;
  if (!isConnectionName(name)) {
    throw new QboError("USAGE", `${name} cannot be the name of a connection.`, {
      hint: "Use lower-case letters, digits and hyphens.",
    });
  }
  if (isTaken(name))
    throw new QboError("USAGE", `There already is a connection named ${name}.`, { hint: "Choose another name." });
  return name;
}
