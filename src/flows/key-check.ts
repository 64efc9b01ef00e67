import type { ConnectionFacts } from "../core/connection.ts";
import type { ErrorDetails } from "../core/errors.ts";
import { Secret } from "../core/secret.ts";
import type { World } from "../core/world.ts";
import type { Client } from "../oauth/client.ts";
import { readTokenAnswer } from "../oauth/token-answer.ts";
import { buildExchangeRequest } from "../oauth/token-request.ts";
import { openChannel } from "./channel.ts";

/** `unknown`: the answer says neither. */
export interface KeyCheck {
  verdict: "right" | "wrong" | "unknown";
  details: ErrorDetails;
}

/**
 * Whether a client's keys are right, found out without anybody's consent: with right keys a made-up code is an invalid grant,
 * with wrong ones the client is rejected. @throws INTUIT_UNREACHABLE.
 */
export async function checkKeys(
  world: Pick<World, "http" | "certificates" | "interruption" | "clock">,
  { environment, endpoints }: Pick<ConnectionFacts, "environment" | "endpoints">,
  client: Client,
): Promise<KeyCheck> {
  const channel = await openChannel(world, environment);
  const madeUp = { code: new Secret("qbo-key-check"), redirectUri: "https://localhost:8722/callback" };
  const request = buildExchangeRequest(endpoints.token, client, madeUp);
  const answer = readTokenAnswer(await channel.ask(request), world.clock.now());
  if (answer.kind === "granted") return { verdict: "unknown", details: {} };
  const { details } = answer;
  if (answer.kind === "grant-rejected") return { verdict: "right", details };
  return { verdict: answer.kind === "client-rejected" ? "wrong" : "unknown", details };
}
