import { QboError } from "../../core/errors.ts";
import { formatConnectionId, type ConnectionFacts } from "../../core/connection.ts";
import type { World } from "../../core/world.ts";
import { buildAuthorizationUrl } from "../../oauth/authorization-request.ts";
import type { AuthorizationResponse } from "../../oauth/authorization-response.ts";
import type { Client } from "../../oauth/client.ts";
import { readAppSecret } from "../apps/apps.ts";
import { settle } from "../book-keeping.ts";
import { openChannel } from "../channel.ts";
import { confirmCompany } from "./confirm-company.ts";
import { enrichConnection } from "./enrich.ts";
import { exchangeCode } from "./exchange.ts";
import { readKnownRecords, warnOfDamaged } from "../connections/known-records.ts";
import { keepConnection, type KeptConnection } from "./keep-connection.ts";
import type { LoginPlan } from "./plan.ts";
import { nameServerFirst } from "./server-name.ts";
import { assertSameCompany } from "./wrong-company.ts";

/** What every sign-in has in common, whichever way its answer comes in. */

/** The answer of a person who consented. */
export type Granted = Extract<AuthorizationResponse, { kind: "granted" }>;

/**
 * Says what the sign-in is about and tries what can fail on this machine, before a person is sent to a browser or a code is spent.
 * @throws APP_NOT_CONFIGURED, STORE_UNAVAILABLE, FILES_UNAVAILABLE, INTUIT_UNREACHABLE.
 */
export async function prepareSignIn(world: World, plan: LoginPlan): Promise<Client> {
  announce(world, plan);
  const client = { id: plan.app.clientId, secret: await readAppSecret(world, plan.app) };
  await (await world.openStore(plan.store)).probe({ mayAsk: world.prompter.canAsk });
  await assertRecordsAllow(world, plan, client);
  if (plan.environment.name === "emulator") {
    const channel = await openChannel(world, plan.environment.name);
    const { jwks } = plan.environment.endpoints;
    await channel.ask({ method: "GET", url: jwks, headers: { accept: "application/json" } });
  }
  return client;
}

/** A damaged record that may be the connection's would stop the sign-in after the code was spent; others are only told of. */
async function assertRecordsAllow(world: World, { existing, environment }: LoginPlan, client: Client): Promise<void> {
  const known = await readKnownRecords(world);
  // Which company a person chooses in the browser nobody knows yet.
  if (!existing) known.assertAllIdentified();
  else
    known.find(formatConnectionId({ environment: environment.name, clientId: client.id, realmId: existing.realmId }));
  warnOfDamaged(world, known);
}

function announce(world: World, { environment, app, scopes, existing }: LoginPlan): void {
  const what = existing ? `Reconnecting ${existing.name} (${existing.companyName ?? existing.realmId})` : "Signing in";
  const lines = [
    `${what} · environment ${environment.name} · app ${app.name}`,
    `  redirect URI  ${app.redirectUri.text}`,
    `  scopes        ${scopes.join(" ")}`,
  ];
  world.notices.inform(lines.join("\n"));
}

/** In hex, because 256 random bits in base64 can look like a token, and would be redacted in the address. */
export function drawState({ random }: Pick<World, "random">): string {
  return Buffer.from(random.token(32), "base64url").toString("hex");
}

/** The address of the consent page. */
export function buildConsentUrl({ environment, app, scopes }: LoginPlan, state: string): string {
  return buildAuthorizationUrl({
    endpoint: environment.endpoints.authorization,
    clientId: app.clientId,
    redirectUri: app.redirectUri.text,
    scopes,
    state,
  });
}

export interface Acceptance {
  plan: LoginPlan;
  client: Client;
  response: Granted;
}

/**
 * Exchanges the code, once, and keeps what it brings: stored before anything is called a success.
 * @throws AUTHORIZATION_FAILED without a company, WRONG_COMPANY for another than was to be met again, STORE_UNAVAILABLE, and what the exchange meets.
 */
export async function acceptConsent(world: World, { plan, client, response }: Acceptance): Promise<KeptConnection> {
  if (response.realmId === null) {
    const message = `${nameServerFirst(plan.environment.name)} did not say which company the consent is for.`;
    throw new QboError("AUTHORIZATION_FAILED", message, {
      hint: "Ask for an accounting or payment scope and choose a company on the consent page.",
    });
  }
  const grant = await exchangeCode(world, { plan, client }, response);
  const realmId = await confirmCompany(world, grant, response.realmId);
  if (plan.existing) await assertSameCompany(world, { plan, client, expected: plan.existing }, { grant, realmId });
  const kept = await keepConnection(world, plan, client, { grant, realmId });
  noticeOtherName(world, plan, kept.facts);
  noticeRedirect(world, plan);
  await settle(world, kept.facts, () => recommendFileStore(world, kept.facts));
  const hasChosenName = kept.isReconnected || plan.name !== undefined;
  return { ...kept, facts: await enrichConnection(world, kept.facts, grant, hasChosenName) };
}

function noticeOtherName(world: World, plan: LoginPlan, facts: ConnectionFacts): void {
  if (plan.name === undefined || plan.name === facts.name) return;
  world.notices.inform(
    `That company was connected as ${facts.name} already and keeps this name. To change it: qbo rename ${facts.name} ${plan.name}`,
  );
}

/** The next sign-in would have the configured redirect URI, which may be one that the server refuses. */
function noticeRedirect(world: World, { app, environment, isRedirectGiven }: LoginPlan): void {
  // The emulator's own keys are built in, and which redirect URIs it takes is said where it is started.
  if (!isRedirectGiven || app.source === "built-in") return;
  const named = app.name === environment.name ? "" : ` --app ${app.name}`;
  const client = app.source === "QBO_CLIENT_ID" ? ` --client-id ${app.clientId}` : "";
  const command = `qbo app set --env ${environment.name}${named}${client} --redirect-uri ${app.redirectUri.text}`;
  world.notices.inform(`To keep this redirect URI for the next sign-in: ${command}`);
}

/** Keychains are made for a person's few secrets: from so many connections on, files serve better. */
const manyConnections = 25;

async function recommendFileStore(world: World, { store }: ConnectionFacts): Promise<void> {
  if (store !== "keychain") return;
  const count = (await world.facts.survey()).facts.filter((facts) => facts.store === store).length;
  if (count < manyConnections) return;
  world.notices.inform(
    `The keychain now holds ${count} connections. For so many, sealed files are faster and need no session: sign the next ones in with --store file.`,
  );
}
