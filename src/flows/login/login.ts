import type { ConnectionFacts } from "../../core/connection.ts";
import { asQboError, hasCode, QboError } from "../../core/errors.ts";
import type { RunningCallback } from "../../core/ports.ts";
import type { World } from "../../core/world.ts";
import { buildAuthorizationUrl } from "../../oauth/authorization-request.ts";
import { type AuthorizationResponse, judgeCallback } from "../../oauth/authorization-response.ts";
import type { Client } from "../../oauth/client.ts";
import { readAppSecret } from "../apps.ts";
import { recordEvent, settle } from "../book-keeping.ts";
import { openChannel } from "../channel.ts";
import { chooseCertificate } from "./choose-certificate.ts";
import { awaitConsent } from "./consent.ts";
import { enrichConnection } from "./enrich.ts";
import { exchangeCode } from "./exchange.ts";
import { keepConnection, type KeptConnection } from "./keep-connection.ts";
import { type LoginOptions, type LoginPlan, planLogin } from "./plan.ts";
import { assertSameCompany } from "./wrong-company.ts";

/** Signs a company in: consent in the browser, tokens through a temporary local callback server, stored before anything is called a success. */
export async function login(world: World, options: LoginOptions): Promise<KeptConnection> {
  const plan = await planLogin(world, options);
  announce(world, plan);
  const client = { id: plan.app.clientId, secret: await readAppSecret(world, plan.app) };
  await assertReady(world, plan);
  // In hex, because 256 random bits in base64 can look like a token, and would be redacted in the address.
  const state = Buffer.from(world.random.token(32), "base64url").toString("hex");
  const callback = await listen(world, plan, state);
  try {
    await recordEvent(world, plan.existing?.id ?? null, { event: "login-started", detail: plan.app.redirectUri.text });
    const authorizationUrl = buildAuthorizationUrl({
      endpoint: plan.environment.endpoints.authorization,
      clientId: client.id,
      redirectUri: plan.app.redirectUri.text,
      scopes: plan.scopes,
      state,
    });
    const response = await awaitConsent(world, { plan, authorizationUrl, callback, openBrowser: options.openBrowser });
    const kept = await acceptConsent(world, { plan, client, response });
    const { companyName, environment, name } = kept.facts;
    await callback.finish({ kind: "connected", companyName, environment, connection: name });
    return kept;
  } catch (error) {
    await noteSilence(world, plan, error);
    await showFailure(callback, error);
    throw error;
  } finally {
    await callback.close();
  }
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

/** What can fail on this machine is tried before a person is sent to a browser. */
async function assertReady(world: World, { store, environment }: LoginPlan): Promise<void> {
  await (await world.openStore(store)).probe({ mayAsk: world.prompter.canAsk });
  // A record that cannot be read would stop the sign-in after the code was spent.
  await world.facts.list();
  if (environment.name !== "emulator") return;
  const channel = await openChannel(world, environment.name);
  await channel.ask({ method: "GET", url: environment.endpoints.jwks, headers: { accept: "application/json" } });
}

async function listen(
  world: World,
  { app, listen: address, tls }: LoginPlan,
  state: string,
): Promise<RunningCallback<AuthorizationResponse>> {
  const { certificate, expectation } = await chooseCertificate(world, { redirect: app.redirectUri, address, tls });
  const server = await world.callbackServer();
  const callback = await server.listen({
    address,
    certificate,
    judge: (request) => judgeCallback(request, { redirect: app.redirectUri, listen: address, state }),
  });
  if (expectation !== null) world.notices.inform(expectation);
  return callback;
}

interface Acceptance {
  plan: LoginPlan;
  client: Client;
  response: Extract<AuthorizationResponse, { kind: "granted" }>;
}

async function acceptConsent(world: World, { plan, client, response }: Acceptance): Promise<KeptConnection> {
  const { realmId } = response;
  if (realmId === null) {
    throw new QboError("AUTHORIZATION_FAILED", "Intuit did not say which company the consent is for.", {
      hint: "Ask for an accounting or payment scope and choose a company on the consent page.",
    });
  }
  const grant = await exchangeCode(world, { plan, client }, response);
  if (plan.existing) await assertSameCompany(world, { plan, client, expected: plan.existing }, { grant, realmId });
  const kept = await keepConnection(world, plan, client, { grant, realmId });
  noticeOtherName(world, plan, kept.facts);
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

/** A sign-in to which nothing came back is what a wrong redirect URI looks like: the doctor reads it in the journal. */
async function noteSilence(world: World, plan: LoginPlan, error: unknown): Promise<void> {
  if (!hasCode(error, "LOGIN_TIMED_OUT")) return;
  const detail = plan.app.redirectUri.text;
  await settle(world, { name: "the sign-in" }, () =>
    recordEvent(world, plan.existing?.id ?? null, { event: "login-started", outcome: "timed-out", detail }),
  );
}

/** Keychains are made for a person's few secrets: from so many connections on, files serve better. */
const manyConnections = 25;

async function recommendFileStore(world: World, { store }: ConnectionFacts): Promise<void> {
  if (store !== "keychain") return;
  const count = (await world.facts.list()).filter((facts) => facts.store === store).length;
  if (count < manyConnections) return;
  world.notices.inform(
    `The keychain now holds ${count} connections. For so many, sealed files are faster and need no session: sign the next ones in with --store file.`,
  );
}

/** The person looks at the browser: it must tell the same as the terminal. Where nobody called back there is nobody to tell. */
async function showFailure(callback: RunningCallback<AuthorizationResponse>, error: unknown): Promise<void> {
  const known = asQboError(error);
  await callback.finish({
    kind: "failed",
    title: known?.code === "AUTHORIZATION_DENIED" ? "Not connected" : "The sign-in failed",
    message: known?.message ?? "Something unexpected happened. The terminal tells more.",
    hint: known?.hint ?? null,
  });
}
