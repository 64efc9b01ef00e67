import type { ConnectionFacts, IdTokenFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import type { World } from "../../core/world.ts";
import { readUserInfo, type UserInfo } from "../../intuit/user-info.ts";
import { verifyIdToken, type IdTokenVerdict } from "../../oauth/id-token.ts";
import { readJsonObject } from "../../oauth/intuit-answer.ts";
import { getResource, getResourceWith } from "./api-call.ts";
import type { App } from "../apps/apps.ts";
import { settle } from "../book-keeping.ts";
import { openChannel } from "../channel.ts";
import { explainUnusable } from "./company-info.ts";
import type { Environment } from "../../core/environment.ts";
import type { RefreshDoors } from "../refresh/perform-refresh.ts";

export interface Person {
  connection: string | null;
  userInfo: UserInfo | null;
  idToken: IdTokenFacts | null;
}

/**
 * The person who consented to a connection.
 * @throws SCOPE_MISSING when the connection was made without `openid`.
 */
export async function getPerson(world: RefreshDoors, facts: ConnectionFacts): Promise<Person> {
  if (!facts.scopes.includes("openid")) {
    throw new QboError(
      "SCOPE_MISSING",
      `${facts.name} was connected without the scope openid, so Intuit does not tell who consented.`,
      {
        hint: `Sign in again with more scopes: qbo login ${facts.name} --add-scope openid --add-scope profile --add-scope email`,
        details: { connection: facts.name },
      },
    );
  }
  const answer = await getResource(world, facts, facts.endpoints.userInfo);
  const body = readJsonObject(answer.body);
  const userInfo = body && readUserInfo(body);
  if (!userInfo) throw explainUnusable(facts, answer, "user info");
  if (facts.idToken?.verified && facts.idToken.subject !== userInfo.sub) {
    world.notices.warn(
      `The user info is about another person than the ID token that came with the sign-in to ${facts.name}.`,
    );
  }
  await settle(world, facts, () =>
    world.facts.update(facts.name, (latest) => ({ ...latest, lastUsedAt: world.clock.now() })),
  );
  return { connection: facts.name, userInfo, idToken: facts.idToken };
}

/** The person behind an access token that no store holds. */
export async function getPersonOf(
  world: RefreshDoors,
  { name, endpoints }: Environment,
  accessToken: Secret,
): Promise<Person> {
  const answer = await getResourceWith(world, name, { url: endpoints.userInfo, accessToken });
  const body = readJsonObject(answer.body);
  const userInfo = body && readUserInfo(body);
  if (!userInfo) throw explainUnusable({ name: "the given token" }, answer, "user info");
  return { connection: null, userInfo, idToken: null };
}

/** Judges a given ID token against the keys of an environment and the client ID of an app. */
export async function validateIdToken(
  world: Pick<World, "http" | "certificates" | "interruption" | "clock">,
  { environment, app }: { environment: Environment; app: Pick<App, "clientId"> },
  idToken: Secret,
): Promise<IdTokenVerdict> {
  const channel = await openChannel(world, environment.name);
  const answer = await channel.ask({
    method: "GET",
    url: environment.endpoints.jwks,
    headers: { accept: "application/json" },
  });
  const keys = answer.status === 200 ? readJsonObject(answer.body) : undefined;
  return verifyIdToken(idToken, {
    issuer: environment.endpoints.issuer,
    clientId: app.clientId,
    keys,
    now: world.clock.now(),
  });
}
