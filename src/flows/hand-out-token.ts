import type { ConnectionFacts } from "../core/connection.ts";
import { QboError } from "../core/errors.ts";
import { formatInstant, formatMoment, hour, secondsUntil, type Instant } from "../core/instant.ts";
import type { Secret } from "../core/secret.ts";
import type { World } from "../core/world.ts";
import { settle } from "./book-keeping.ts";
import { chooseBySettings, type ConnectionChoice } from "./connections/choose-connection.ts";
import { assertSameOrigins } from "./environments/same-origins.ts";
import { getFreshToken } from "./refresh/fresh-token.ts";
import type { RefreshDoors } from "./refresh/perform-refresh.ts";
import { readSettings } from "./settings.ts";

/** An access token for somebody outside, with what it is good for. */
export interface HandedOut {
  facts: ConnectionFacts;
  secret: Secret;
  expiresAt: Instant;
  /** Seconds. */
  expiresIn: number;
}

export type HandOutDoors = RefreshDoors & Pick<World, "configFiles" | "prompter">;

/**
 * The access token of the chosen connection, refreshed when it expires within `minValidity` seconds. Where that is not given, the setting counts,
 * and a token that still has a minute will do while Intuit cannot be asked. Nobody is offered to sign in.
 */
export async function handOutToken(
  world: HandOutDoors,
  choice: ConnectionChoice,
  minValidity: number | undefined,
): Promise<HandedOut> {
  const settings = await readSettings(world, choice);
  const facts = await chooseBySettings(world, choice, settings);
  assertSameOrigins(world.env, settings, facts);
  const { tokens, outcome } = await getFreshToken(world, facts, {
    minValidity: minValidity ?? settings.minValidity.value,
    force: false,
    allowLastMinute: minValidity === undefined,
  });
  if (!tokens.accessToken) throw new QboError("UNEXPECTED", "A refresh brought no access token.");
  // Newer ones another process has just been granted: the mark was about those before.
  if (outcome === "unchanged" && tokens.generation <= facts.tokens.generation) warnOfRejection(world, facts);
  await noteUse(world, facts);
  const { secret, expiresAt } = tokens.accessToken;
  return { facts, secret, expiresAt, expiresIn: secondsUntil(expiresAt, world.clock.now()) };
}

/** The mark is no verdict, and an access token may outlive its refresh token: it is handed out, but not as if nothing had happened. */
function warnOfRejection({ notices }: HandOutDoors, { name, rejection }: ConnectionFacts): void {
  if (rejection)
    notices.warn(
      `Intuit rejected the refresh token of ${name} at ${formatMoment(rejection.at)}, so the stored access token may be refused, too. Sign in again: qbo login ${name}`,
    );
}

/** Once an hour is enough: thousands of scripts a day need not write a file each. */
async function noteUse(world: HandOutDoors, facts: ConnectionFacts): Promise<void> {
  const now = world.clock.now();
  const isNews = ({ lastUsedAt }: ConnectionFacts) => lastUsedAt === null || now - lastUsedAt > hour;
  if (!isNews(facts)) return;
  await settle(world, facts, () =>
    world.facts.update(facts.name, (latest) => (isNews(latest) ? { ...latest, lastUsedAt: now } : latest)),
  );
}

/** The token in plain text with what it is good for; the keys are part of the JSON contract. */
export function describeHandedOut({ facts, secret, expiresAt, expiresIn }: HandedOut) {
  return {
    accessToken: secret.reveal(),
    tokenType: "bearer",
    expiresAt: formatInstant(expiresAt),
    expiresIn,
    connection: facts.name,
    realmId: facts.realmId,
    environment: facts.environment,
    apiBaseUrl: facts.endpoints.api,
  } as const;
}
