import type { ConnectionFacts } from "../../core/connection.ts";
import { deriveConnectionName } from "../../core/connection-name.ts";
import { hasCode, QboError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import type { World } from "../../core/world.ts";
import { buildCompanyInfoUrl, readCompanyInfo, readCompanyName } from "../../intuit/company-info.ts";
import { accountingScope } from "../../intuit/scopes.ts";
import { formatBearerAuthorization } from "../../oauth/client.ts";
import { verifyIdToken } from "../../oauth/id-token.ts";
import { readJsonObject } from "../../oauth/intuit-answer.ts";
import type { TokenGrant } from "../../oauth/token-answer.ts";
import { settle } from "../book-keeping.ts";
import { openChannel } from "../channel.ts";
import { readKnownRecords } from "../connections/known-records.ts";

type Doors = Pick<World, "http" | "certificates" | "interruption" | "clock" | "facts" | "notices">;

/**
 * Learns what the fresh tokens tell about the person and the company. Best effort: the connection is stored already, and nothing
 * here can lose it.
 */
export async function enrichConnection(
  world: Doors,
  facts: ConnectionFacts,
  grant: TokenGrant,
  hasChosenName: boolean,
): Promise<ConnectionFacts> {
  const idToken = grant.idToken && (await checkIdToken(world, facts, grant.idToken));
  const companyName = (await askCompanyName(world, facts, grant.accessToken.secret)) ?? facts.companyName;
  let known = facts;
  await settle(world, facts, async () => {
    known =
      (await world.facts.update(facts.name, (latest) => ({ ...latest, companyName, idToken: idToken ?? null }))) ??
      facts;
    if (!hasChosenName && companyName !== null) known = await nameByCompany(world, known);
  });
  return known;
}

async function checkIdToken(world: Doors, facts: ConnectionFacts, idToken: Secret) {
  const keys = await askQuietly(world, facts, { url: facts.endpoints.jwks });
  const verdict = await verifyIdToken(idToken, {
    issuer: facts.endpoints.issuer,
    clientId: facts.clientId,
    keys,
    now: world.clock.now(),
  });
  if (verdict.failure !== null) {
    world.notices.warn(
      `The ID token that came with the sign-in could not be verified (${verdict.failure}). The connection works all the same.`,
    );
  }
  return verdict.facts;
}

async function askCompanyName(world: Doors, facts: ConnectionFacts, accessToken: Secret): Promise<string | null> {
  const body = await askQuietly(world, facts, {
    url: buildCompanyInfoUrl(facts.endpoints.api, facts.realmId),
    authorization: formatBearerAuthorization(accessToken),
    isRefused: explainClosedCompany(facts),
  });
  const info = body && readCompanyInfo(body);
  return info ? readCompanyName(info) : null;
}

/** Only with the accounting scope is a refusal out of the ordinary. */
function explainClosedCompany({ realmId, scopes, name }: ConnectionFacts): string | undefined {
  if (!scopes.includes(accountingScope)) return undefined;
  return `Calls for the company ${realmId} are refused. If that is not its whole number, sign in again; else ask why: qbo doctor ${name}`;
}

interface Question {
  url: string;
  authorization?: string;
  /** What is told when the permission for it is missing. */
  isRefused?: string | undefined;
}

/** The JSON answer to a question that may stay unanswered. */
async function askQuietly(
  world: Doors,
  facts: ConnectionFacts,
  { url, authorization, isRefused }: Question,
): Promise<Record<string, unknown> | undefined> {
  try {
    const channel = await openChannel(world, facts.environment);
    const headers = { accept: "application/json", ...(authorization === undefined ? {} : { authorization }) };
    const answer = await channel.ask({ method: "GET", url, headers });
    if (answer.status === 200) return readJsonObject(answer.body);
    if (isRefused !== undefined && (answer.status === 401 || answer.status === 403)) world.notices.warn(isRefused);
    return undefined;
  } catch (error) {
    if (!(error instanceof QboError)) throw error;
    world.notices.warn(`Something about the company could not be learned: ${error.message}`);
    return undefined;
  }
}

/** Another sign-in may take the name at the same moment; then the next free one is tried. */
const mostTries = 5;

async function nameByCompany(world: Doors, facts: ConnectionFacts): Promise<ConnectionFacts> {
  for (let tries = 1; ; tries += 1) {
    const { isNameTaken } = await readKnownRecords(world);
    const isTaken = (candidate: string) => candidate !== facts.name && isNameTaken(candidate);
    const name = deriveConnectionName(facts.companyName, facts.realmId, isTaken);
    if (name === facts.name) return facts;
    try {
      await world.facts.rename(facts.name, name);
      return { ...facts, name };
    } catch (error) {
      if (!hasCode(error, "USAGE") || tries === mostTries) throw error;
    }
  }
}
