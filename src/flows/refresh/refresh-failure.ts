import type { ConnectionFacts, RefreshOutcome } from "../../core/connection.ts";
import { hasCode, QboError, type ErrorCode, type ErrorDetails } from "../../core/errors.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import { notSent } from "../../core/journal-event.ts";
import { StaleGeneration } from "../../core/failures.ts";
import type { HeldTokens } from "../../core/store-ports.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";
import { recordEvent, settle } from "../book-keeping.ts";
import { explainRejection } from "./rejection.ts";
import type { RefreshReply } from "./request-refresh.ts";

type Failure = Exclude<RefreshReply, { kind: "granted" }>;

interface Attempt {
  reply: Failure;
  held: HeldTokens;
  current: Tokens;
}

type Doors = Pick<World, "clock" | "facts" | "journal" | "notices" | "platform">;

/**
 * Notes a failed refresh and makes the error of it: `StaleGeneration` when another holder has stored newer tokens meanwhile. The
 * stored tokens stay as they are, whatever Intuit said.
 */
export async function judgeRefreshFailure(
  world: Doors,
  facts: ConnectionFacts,
  { reply, held, current }: Attempt,
): Promise<Error> {
  if (reply.kind === "grant-rejected") {
    const winner = await held.load();
    if (winner && winner.generation > current.generation)
      return new StaleGeneration("another holder has stored newer tokens");
  }
  const { error, outcome } =
    reply.kind === "grant-rejected"
      ? {
          outcome: "rejected" as const,
          error: await explainRejection(world, facts, { details: reply.details, sent: current }),
        }
      : translate(facts, reply);
  const intuitTid = error.details.intuitTid ?? null;
  await settle(world, facts, async () => {
    const event = outcome === "unconfirmed" ? "refresh-unconfirmed" : "refresh-rejected";
    const tokenBefore = fingerprint(current.refreshToken.secret);
    const wasWithdrawn = hasCode(error, "CANCELLED");
    // Wrong keys say nothing about the token, and an attempt that was given up before it began nothing at all.
    const noted = wasWithdrawn ? notSent : reply.kind === "client-rejected" ? reply.kind : outcome;
    await recordEvent(world, facts.id, { event, outcome: noted, intuitTid, tokenBefore, detail: error.message });
    if (wasWithdrawn) return;
    const lastRefresh = { at: world.clock.now(), outcome, intuitTid };
    await world.facts.update(facts.name, (latest) =>
      latest.id === facts.id && latest.tokens.generation <= current.generation ? { ...latest, lastRefresh } : latest,
    );
  });
  return error;
}

interface Translation {
  error: QboError;
  outcome: RefreshOutcome;
}

function translate(facts: ConnectionFacts, reply: Exclude<Failure, { kind: "grant-rejected" }>): Translation {
  const { name, app, clientId, environment } = facts;
  const fail = (code: ErrorCode, message: string, hint: string, details: ErrorDetails = {}) =>
    new QboError(code, message, { hint, details: { ...details, connection: name } });
  switch (reply.kind) {
    case "lost":
      return { outcome: "unconfirmed", error: describeLostAnswer(name, reply.reason, {}) };
    case "answer-lost": {
      const reason = `a gateway answered with status ${reply.details.httpStatus ?? "unknown"}.`;
      return { outcome: "unconfirmed", error: describeLostAnswer(name, reason, reply.details) };
    }
    case "unreachable":
      return { outcome: "unreachable", error: reply.error.with({ connection: name }) };
    case "busy":
      return { outcome: "unreachable", error: describeBusy(reply.details).with({ connection: name }) };
    case "client-rejected": {
      const hint = `Store the right secret: qbo app set --env ${environment} --client-id ${clientId} --client-secret-stdin`;
      const message = `Intuit rejected the client ID or the client secret of the app ${app} (${clientId}).`;
      return { outcome: "rejected", error: fail("CLIENT_REJECTED", message, hint, reply.details) };
    }
    case "refused": {
      const reason = reply.details.intuitErrorDescription ?? reply.details.intuitError ?? "no reason given";
      const hint = `See the request: qbo refresh ${name} --debug`;
      return {
        outcome: "rejected",
        error: fail("INTUIT_REJECTED", `Intuit refused to refresh ${name}: ${reason}.`, hint, reply.details),
      };
    }
    case "unusable": {
      const message = `Intuit's answer to the refresh of ${name} could not be used: ${reply.reason}.`;
      const hint = `The stored tokens were kept. Try again in 30 s: qbo refresh ${name}`;
      return { outcome: "unconfirmed", error: fail("INTUIT_UNEXPECTED_ANSWER", message, hint, reply.details) };
    }
  }
}

function describeLostAnswer(name: string, reason: string, details: ErrorDetails): QboError {
  return new QboError("REFRESH_UNCONFIRMED", `The refresh of ${name} was sent, but its answer was lost: ${reason}`, {
    hint: "Nothing was changed here. Try again in 30 s: the stored refresh token is then sent once more.",
    details: { ...details, connection: name, retryAfter: 30 },
  });
}

/** The error for an answer that says to come back later. */
export function describeBusy(details: ErrorDetails): QboError {
  const isThrottled = details.httpStatus === 429;
  const message = isThrottled
    ? "Intuit is throttling requests."
    : `Intuit answered with status ${details.httpStatus ?? "unknown"}.`;
  const hint =
    details.retryAfter === undefined
      ? "Try again in a few minutes; https://status.developer.intuit.com tells of outages."
      : `Try again in ${details.retryAfter} s.`;
  return new QboError("INTUIT_BUSY", message, { hint, details });
}
