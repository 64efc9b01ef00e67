import type { ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import { AnswerLost, NotSent } from "../../core/failures.ts";
import type { HttpAnswer, HttpRequest } from "../../core/http.ts";
import type { Secret } from "../../core/secret.ts";
import type { World } from "../../core/world.ts";
import { readFault } from "../../intuit/faults.ts";
import { formatBearerAuthorization } from "../../oauth/client.ts";
import { openChannel, type Channel } from "../channel.ts";
import { getFreshToken } from "../refresh/fresh-token.ts";
import type { RefreshDoors } from "../refresh/perform-refresh.ts";
import { assertGood, readThrottleWait } from "./api-refusal.ts";

/** Seconds that an access token for one call must be valid: the call itself may take a minute. */
const callValidity = 90;

/** One call of an API of the connection's own environment, without its access token. */
export type ApiRequest = Omit<HttpRequest, "pinnedCertificate" | "signal">;

export interface ApiCallOptions {
  /** Seconds that a throttled call may wait in all before it is given up. */
  maxWait: number;
}

/**
 * Calls an API with the connection's access token. A 401 leads to one refresh, unless somebody else has refreshed meanwhile, and to
 * one repetition; a 429 is waited out and repeated: neither was processed.
 * @throws what `getFreshToken` and `assertGood` throw; INTUIT_UNREACHABLE, CANCELLED.
 */
export async function callApi(
  world: RefreshDoors,
  facts: ConnectionFacts,
  request: ApiRequest,
  options: ApiCallOptions = { maxWait: 0 },
): Promise<HttpAnswer> {
  const channel = await openChannel(world, facts.environment);
  const send = (token: Secret | undefined) => sendPatiently(world, channel, authorize(request, token), options);
  const wish = { minValidity: callValidity, force: false, allowLastMinute: true };
  const first = await getFreshToken(world, facts, wish);
  const answer = await send(first.tokens.accessToken?.secret);
  if (answer.status !== 401 || readFault(answer)?.code === "120") return assertGood(answer, facts);
  const newerThan = first.tokens.generation;
  const second = await getFreshToken(world, facts, { ...wish, force: true, newerThan, allowLastMinute: false });
  return assertGood(await send(second.tokens.accessToken?.secret), facts);
}

/** As `callApi`, for a resource that is only read. */
export function getResource(world: RefreshDoors, facts: ConnectionFacts, url: string): Promise<HttpAnswer> {
  return callApi(world, facts, { method: "GET", url, headers: { accept: "application/json" } });
}

/** Gets a resource with an access token that no store holds. */
export async function getResourceWith(
  world: RefreshDoors,
  environment: string,
  { url, accessToken }: { url: string; accessToken: Secret },
): Promise<HttpAnswer> {
  const channel = await openChannel(world, environment);
  const request = authorize({ method: "GET", url, headers: { accept: "application/json" } }, accessToken);
  return assertGood(await channel.ask(request), undefined);
}

function authorize(request: ApiRequest, accessToken: Secret | undefined): ApiRequest {
  if (!accessToken) throw new QboError("UNEXPECTED", "A refresh brought no access token.");
  return { ...request, headers: { ...request.headers, authorization: formatBearerAuthorization(accessToken) } };
}

/** Sends it, and again after the time that Intuit asks for, as long as that fits. */
async function sendPatiently(
  world: Pick<World, "clock" | "interruption" | "notices">,
  channel: Channel,
  request: ApiRequest,
  { maxWait }: ApiCallOptions,
): Promise<HttpAnswer> {
  for (let left = maxWait; ;) {
    const answer = await sendOnce(channel, request);
    const wait = readThrottleWait(answer);
    if (wait === undefined || wait > left || world.interruption.aborted) return answer;
    left -= wait;
    world.notices.inform(`Intuit is throttling; the call is repeated in ${wait} s.`);
    await world.clock.sleep(wait * 1000, world.interruption);
    if (world.interruption.aborted) throw new QboError("CANCELLED", "Interrupted while waiting for Intuit.");
  }
}

/** What only reads may be interrupted at any time; of anything else Intuit's answer is awaited. */
async function sendOnce(channel: Channel, request: ApiRequest): Promise<HttpAnswer> {
  if (request.method === "GET") return channel.ask(request);
  try {
    return await channel.send(request);
  } catch (error) {
    if (error instanceof NotSent) throw channel.describe(error);
    if (!(error instanceof AnswerLost)) throw error;
    throw new QboError("INTUIT_UNREACHABLE", error.message, {
      hint: "Intuit may have carried it out: look before you send it again.",
      cause: error,
    });
  }
}
