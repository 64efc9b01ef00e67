import type { ConnectionFacts } from "../core/connection.ts";
import { QboError } from "../core/errors.ts";
import type { HttpAnswer } from "../core/ports.ts";
import type { Secret } from "../core/secret.ts";
import { describeFault, readFault } from "../intuit/faults.ts";
import { formatBearerAuthorization } from "../oauth/client.ts";
import { openChannel, type Channel } from "./channel.ts";
import { getFreshToken } from "./fresh-token.ts";
import type { RefreshDoors } from "./perform-refresh.ts";
import { describeBusy } from "./refresh-failure.ts";

/** Seconds that an access token for one call must be valid: the call itself may take a minute. */
const callValidity = 90;

/**
 * Gets a resource of the connection's own environment. A 401 leads to one refresh, unless somebody else has refreshed meanwhile, and to
 * one repetition.
 * @throws what `getFreshToken` and `assertGood` throw; INTUIT_UNREACHABLE.
 */
export async function getResource(world: RefreshDoors, facts: ConnectionFacts, url: string): Promise<HttpAnswer> {
  const channel = await openChannel(world, facts.environment);
  const request = { minValidity: callValidity, force: false, allowLastMinute: true };
  const first = await getFreshToken(world, facts, request);
  const answer = await get(channel, url, first.tokens.accessToken?.secret);
  if (answer.status !== 401 || readFault(answer)?.code === "120") return assertGood(answer, facts);
  const newerThan = first.tokens.generation;
  const second = await getFreshToken(world, facts, { ...request, force: true, newerThan, allowLastMinute: false });
  return assertGood(await get(channel, url, second.tokens.accessToken?.secret), facts);
}

/** Gets a resource with an access token that no store holds. */
export async function getResourceWith(
  world: RefreshDoors,
  environment: string,
  { url, accessToken }: { url: string; accessToken: Secret },
): Promise<HttpAnswer> {
  const channel = await openChannel(world, environment);
  return assertGood(await get(channel, url, accessToken), undefined);
}

async function get(channel: Channel, url: string, accessToken: Secret | undefined): Promise<HttpAnswer> {
  if (!accessToken) throw new QboError("UNEXPECTED", "A refresh brought no access token.");
  return channel.ask({
    method: "GET",
    url,
    headers: { accept: "application/json", authorization: formatBearerAuthorization(accessToken) },
  });
}

/**
 * The answer, when it is one of success.
 * @throws INTUIT_REJECTED, INTUIT_BUSY.
 */
function assertGood(answer: HttpAnswer, facts: ConnectionFacts | undefined): HttpAnswer {
  const fault = readFault(answer);
  if (answer.status === 200 && !fault) return answer;
  const name = facts?.name ?? "the given token";
  const details = { ...describeFault(answer, fault), ...(facts ? { connection: facts.name } : {}) };
  if (answer.status === 429 || fault?.code === "3001")
    throw describeBusy({ ...details, httpStatus: 429, retryAfter: 60 });
  if (answer.status >= 500) throw describeBusy(details);
  throw new QboError(
    "INTUIT_REJECTED",
    `Intuit refused the request for ${name}: ${explainFault(fault?.code, answer.status, fault?.message)}.`,
    {
      hint: facts ? suggestFix(fault?.code, facts) : "Give a current access token of the right environment.",
      details,
    },
  );
}

function explainFault(code: string | undefined, status: number, message: string | undefined): string {
  const known: Record<string, string> = {
    "120": "the person who consented is no longer an administrator of the company",
    "3100": "the keys or the environment do not fit the company",
    "3200": "it does not accept the access token",
    "6190": "the company's subscription has ended",
    "7001": "the company's subscription has lapsed, or the environment does not fit the company",
  };
  return (
    (code === undefined ? undefined : known[code]) ?? (message ? message.replace(/[.\s]+$/, "") : `status ${status}`)
  );
}

function suggestFix(code: string | undefined, { name, environment, realmId }: ConnectionFacts): string {
  switch (code ?? "") {
    case "120":
      return `Let an administrator of the company sign in: qbo login ${name}`;
    case "3100":
    case "7001":
      return `Check that ${realmId} is a company of the environment ${environment}: qbo status ${name}`;
    case "6190":
      return "Renew the QuickBooks subscription of the company, then try again.";
    default:
      return `Sign in again: qbo login ${name}`;
  }
}
