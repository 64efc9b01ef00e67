import { formatConnectionId } from "../../core/connection.ts";
import { QboError, type ErrorDetails } from "../../core/errors.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import { AnswerLost, NotSent } from "../../core/failures.ts";
import { notSent } from "../../core/journal-event.ts";
import type { Secret } from "../../core/secret.ts";
import type { World } from "../../core/world.ts";
import type { Client } from "../../oauth/client.ts";
import { readTokenAnswer, type TokenAnswer, type TokenGrant } from "../../oauth/token-answer.ts";
import { buildExchangeRequest } from "../../oauth/token-request.ts";
import { recordEvent, settle, type JournalEntry } from "../book-keeping.ts";
import { openChannel } from "../channel.ts";
import { describeBusy } from "../refresh/refresh-failure.ts";
import { formatLoginCommand } from "./login-command.ts";
import type { LoginPlan } from "./plan.ts";
import { describeRegistration, nameServerFirst } from "./server-name.ts";

type Doors = Pick<World, "http" | "certificates" | "interruption" | "clock" | "journal" | "notices">;

/** A code that came back, and for which company. */
export interface Consent {
  code: Secret;
  realmId: string | null;
}

/**
 * Exchanges the authorization code for tokens: once, and never again, because Intuit answers a second exchange by revoking what the
 * first one gave (RFC 6749, section 4.1.2, recommends it).
 * @throws AUTHORIZATION_FAILED, CLIENT_REJECTED, INTUIT_REJECTED, INTUIT_BUSY, INTUIT_UNREACHABLE, INTUIT_UNEXPECTED_ANSWER.
 */
export async function exchangeCode(
  world: Doors,
  { plan, client }: { plan: LoginPlan; client: Client },
  consent: Consent,
): Promise<TokenGrant> {
  const channel = await openChannel(world, plan.environment.name);
  const request = buildExchangeRequest(plan.environment.endpoints.token, client, {
    code: consent.code,
    redirectUri: plan.app.redirectUri.text,
  });
  const note = openNotebook(world, plan, { ...consent, clientId: client.id });
  await note({ event: "code-received", detail: plan.app.redirectUri.text });
  const sentAt = world.clock.now();
  const exchanged = (entry: Partial<JournalEntry>) =>
    settle(world, { name: "the sign-in" }, () => note({ event: "code-exchanged", ...entry }));
  try {
    const answer = readTokenAnswer(await channel.send(request), sentAt);
    if (answer.kind === "granted") {
      const tokenAfter = fingerprint(answer.grant.refreshToken.secret);
      await exchanged({ outcome: "ok", intuitTid: answer.intuitTid, tokenAfter });
      return answer.grant;
    }
    await exchanged({ outcome: answer.kind, intuitTid: answer.details.intuitTid ?? null });
    throw explainRefusal(answer, plan);
  } catch (error) {
    if (!(error instanceof NotSent || error instanceof AnswerLost)) throw error;
    await exchanged({ outcome: error instanceof NotSent ? notSent : "lost" });
    throw new QboError("INTUIT_UNREACHABLE", `The authorization code could not be exchanged: ${error.message}`, {
      hint: `A code is used once only, so sign in again: ${formatLoginCommand(plan)}`,
      cause: error,
    });
  }
}

/** Writes journal entries about one code: its fingerprint, and the connection that it is for. */
function openNotebook(
  world: Doors,
  { environment }: LoginPlan,
  { code, realmId, clientId }: Consent & { clientId: string },
) {
  const id = realmId === null ? null : formatConnectionId({ environment: environment.name, clientId, realmId });
  const tokenBefore = fingerprint(code);
  return (entry: JournalEntry) => recordEvent(world, id, { tokenBefore, ...entry });
}

function explainRefusal(answer: Exclude<TokenAnswer, { kind: "granted" }>, plan: LoginPlan): QboError {
  const { details } = answer;
  const { app, environment } = plan;
  const server = nameServerFirst(environment.name);
  const again = `Sign in again: ${formatLoginCommand(plan)}`;
  const fail = (code: QboError["code"], message: string, hint: string, evidence: ErrorDetails = details) =>
    new QboError(code, message, { hint, details: evidence });
  switch (answer.kind) {
    case "grant-rejected":
      return fail(
        "AUTHORIZATION_FAILED",
        `${server} rejected the authorization code: it was too old, used before, or made for another redirect URI or other keys.`,
        `${again}. ${describeRegistration(environment.name, app.redirectUri.text, app.clientId)}`,
      );
    case "client-rejected":
      return fail(
        "CLIENT_REJECTED",
        `${server} rejected the client ID or the client secret of the app ${app.name} (${app.clientId}).`,
        `Store the right secret: qbo app set --env ${environment.name} --client-id ${app.clientId} --client-secret-stdin`,
      );
    case "refused":
      return fail(
        "INTUIT_REJECTED",
        `${server} refused the exchange: ${details.intuitErrorDescription ?? details.intuitError ?? "no reason given"}.`,
        again,
      );
    case "busy":
      return describeBusy(details);
    case "answer-lost":
      return fail(
        "INTUIT_UNREACHABLE",
        `${server}'s gateway gave no answer to the exchange of the authorization code.`,
        again,
      );
    case "unusable":
      return fail(
        "INTUIT_UNEXPECTED_ANSWER",
        `${server}'s answer to the exchange could not be used: ${answer.reason}.`,
        again,
      );
  }
}
