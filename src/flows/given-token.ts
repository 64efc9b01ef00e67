import { formatInstant, formatOptionalInstant } from "../core/instant.ts";
import { asQboError, QboError } from "../core/errors.ts";
import { fingerprint } from "../core/fingerprint.ts";
import { AnswerLost, NotSent } from "../core/failures.ts";
import type { Secret } from "../core/secret.ts";
import type { Environment } from "../core/environment.ts";
import type { World } from "../core/world.ts";
import type { Client } from "../oauth/client.ts";
import { readTokenAnswer, type TokenAnswer, type TokenGrant } from "../oauth/token-answer.ts";
import { buildRefreshRequest } from "../oauth/token-request.ts";
import { type App, readAppSecret, resolveApp } from "./apps/apps.ts";
import { recordEvent, settle, type JournalEntry } from "./book-keeping.ts";
import { openChannel } from "./channel.ts";
import type { ConnectionChoice } from "./connections/choose-connection.ts";
import { resolveEnvironment } from "./environments/resolve-environment.ts";
import { describeBusy } from "./refresh/refresh-failure.ts";
import { readSettings } from "./settings.ts";

/** What is needed to work with a token that no store holds. */
export interface GivenContext {
  environment: Environment;
  app: App;
}

type Doors = Pick<
  World,
  | "env"
  | "configFiles"
  | "clients"
  | "openStore"
  | "http"
  | "certificates"
  | "interruption"
  | "clock"
  | "facts"
  | "journal"
  | "notices"
>;

/**
 * Environment and app for a token that came from elsewhere.
 * @throws USAGE when nothing says which environment it belongs to.
 */
export async function resolveGivenContext(world: Doors, choice: ConnectionChoice): Promise<GivenContext> {
  const settings = await readSettings(world, choice);
  if (!settings.environment) {
    throw new QboError("USAGE", "Nothing says which environment the token belongs to.", {
      hint: "Add --env sandbox or --env production",
    });
  }
  const environment = await resolveEnvironment(world, settings, settings.environment.value);
  return { environment, app: resolveApp(settings, environment) };
}

/** The client for a token that came from elsewhere. */
export async function readGivenClient(world: Doors, { app }: GivenContext): Promise<Client> {
  return { id: app.clientId, secret: await readAppSecret(world, app) };
}

/** Tokens that a refresh of a given token brought. They are handed over, because no store holds them. */
export interface GivenRefresh {
  accessToken: Secret;
  accessTokenExpiresAt: string;
  refreshToken: Secret;
  refreshTokenExpiresAt: string;
  hardExpiresAt: string | null;
}

/**
 * Refreshes a token that no store holds.
 * @throws REFRESH_REJECTED, CLIENT_REJECTED, REFRESH_UNCONFIRMED, INTUIT_UNREACHABLE, INTUIT_BUSY, INTUIT_UNEXPECTED_ANSWER.
 */
export async function refreshGivenToken(world: Doors, choice: ConnectionChoice, token: Secret): Promise<GivenRefresh> {
  const context = await resolveGivenContext(world, choice);
  const client = await readGivenClient(world, context);
  const note = (entry: JournalEntry) => recordEvent(world, null, { tokenBefore: fingerprint(token), ...entry });
  await note({ event: "refresh-started" });
  try {
    const { grant, intuitTid } = await sendGivenToken(world, context, client, token);
    const tokenAfter = fingerprint(grant.refreshToken.secret);
    // No store holds the new tokens: nothing that fails from here on may keep them from being handed over.
    await settle(world, subject, () => note({ event: "refreshed", outcome: "ok", tokenAfter, intuitTid }));
    return describeGrant(grant);
  } catch (error) {
    const known = asQboError(error);
    if (known) await settle(world, subject, () => note(describeFailure(known)));
    throw error;
  }
}

const subject = { name: "the given token" };

/** What the journal says of a failure, in the words that it has for those of stored tokens. */
function describeFailure({ code, message, details }: QboError): JournalEntry {
  const common = { intuitTid: details.intuitTid ?? null, detail: message };
  if (code === "REFRESH_UNCONFIRMED" || code === "INTUIT_UNEXPECTED_ANSWER")
    return { event: "refresh-unconfirmed", outcome: "unconfirmed", ...common };
  const isUnreachable = code === "INTUIT_UNREACHABLE" || code === "INTUIT_BUSY";
  const outcome = code === "CLIENT_REJECTED" ? "client-rejected" : isUnreachable ? "unreachable" : "rejected";
  return { event: "refresh-rejected", outcome, ...common };
}

function describeGrant({ accessToken, refreshToken }: TokenGrant): GivenRefresh {
  return {
    accessToken: accessToken.secret,
    accessTokenExpiresAt: formatInstant(accessToken.expiresAt),
    refreshToken: refreshToken.secret,
    refreshTokenExpiresAt: formatInstant(refreshToken.expiresAt),
    hardExpiresAt: formatOptionalInstant(refreshToken.hardExpiresAt),
  };
}

async function sendGivenToken(world: Doors, context: GivenContext, client: Client, token: Secret) {
  const channel = await openChannel(world, context.environment.name);
  const sentAt = world.clock.now();
  try {
    const request = buildRefreshRequest(context.environment.endpoints.token, client, token);
    const answer = readTokenAnswer(await channel.send(request), sentAt);
    if (answer.kind === "granted") return answer;
    throw explainGivenFailure(answer, token);
  } catch (error) {
    if (error instanceof NotSent) throw channel.describe(error);
    if (!(error instanceof AnswerLost)) throw error;
    throw new QboError("REFRESH_UNCONFIRMED", `The refresh was sent, but its answer was lost: ${error.message}`, {
      hint: "Send the same token once more in 30 s.",
      cause: error,
    });
  }
}

/** The error for an answer that brought no tokens for a given one. */
export function explainGivenFailure(answer: Exclude<TokenAnswer, { kind: "granted" }>, token: Secret): QboError {
  const { details } = answer;
  const shown = `The given refresh token (fingerprint ${fingerprint(token)})`;
  switch (answer.kind) {
    case "grant-rejected":
      return new QboError("REFRESH_REJECTED", `${shown} was rejected by Intuit.`, {
        hint: "It was replaced, revoked or has expired, or it belongs to other keys: check --env and --app.",
        details,
      });
    case "client-rejected":
      return new QboError("CLIENT_REJECTED", "Intuit rejected the client ID or the client secret.", {
        hint: "Check the app: qbo app list",
        details,
      });
    case "refused":
      return new QboError(
        "INTUIT_REJECTED",
        `Intuit refused the refresh: ${details.intuitErrorDescription ?? details.intuitError ?? "no reason given"}.`,
        { details },
      );
    case "busy":
      return describeBusy(details);
    case "answer-lost":
      return new QboError("REFRESH_UNCONFIRMED", "The refresh was sent, but a gateway gave no answer.", {
        hint: "Send the same token once more in 30 s.",
        details,
      });
    case "unusable":
      return new QboError("INTUIT_UNEXPECTED_ANSWER", `Intuit's answer could not be used: ${answer.reason}.`, {
        details,
      });
  }
}
