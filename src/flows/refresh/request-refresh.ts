import type { ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import { AnswerLost, NotSent } from "../../core/failures.ts";
import type { Tokens } from "../../core/tokens.ts";
import type { World } from "../../core/world.ts";
import type { Client } from "../../oauth/client.ts";
import { readTokenAnswer, type TokenAnswer } from "../../oauth/token-answer.ts";
import { buildRefreshRequest } from "../../oauth/token-request.ts";
import { openChannel } from "../channel.ts";

/** What became of one refresh request; `lost` means that Intuit may have processed it. */
export type RefreshReply = TokenAnswer | { kind: "lost"; reason: string } | { kind: "unreachable"; error: QboError };

type Doors = Pick<World, "http" | "certificates" | "interruption" | "clock">;

/** Waits, in milliseconds, before the request is tried again after it provably never left. */
const pauses = [500, 2000];

/** Longest wait that Intuit may ask for while the connection is held, in seconds. */
const longestThrottle = 10;

/**
 * Sends one refresh request. It is sent again only where the earlier one provably was not processed. What stops it before it could leave,
 * such as a proxy's address that is none, is an answer as well: a refresh that was begun must not look as if its answer were lost.
 */
export async function requestRefresh(
  world: Doors,
  facts: ConnectionFacts,
  client: Client,
  tokens: Tokens,
): Promise<RefreshReply> {
  try {
    return await sendRefresh(world, facts, client, tokens);
  } catch (error) {
    if (error instanceof QboError) return { kind: "unreachable", error };
    throw error;
  }
}

async function sendRefresh(
  world: Doors,
  facts: ConnectionFacts,
  client: Client,
  tokens: Tokens,
): Promise<RefreshReply> {
  const channel = await openChannel(world, facts.environment);
  const request = buildRefreshRequest(facts.endpoints.token, client, tokens.refreshToken.secret);
  for (let attempt = 0; ; attempt += 1) {
    const pause = pauses[attempt];
    const sentAt = world.clock.now();
    try {
      const reply = readTokenAnswer(await channel.send(request), sentAt);
      const wait =
        reply.kind === "busy" && reply.details.httpStatus === 429 ? (reply.details.retryAfter ?? 60) : Infinity;
      if (wait > longestThrottle || pause === undefined || world.interruption.aborted) return reply;
      await world.clock.sleep(wait * 1000, world.interruption);
    } catch (error) {
      if (error instanceof AnswerLost) return { kind: "lost", reason: error.message };
      if (!(error instanceof NotSent)) throw error;
      if (pause === undefined || world.interruption.aborted)
        return { kind: "unreachable", error: channel.describe(error) };
      await world.clock.sleep(pause, world.interruption);
    }
  }
}
