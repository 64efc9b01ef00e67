import type { EnvironmentConfig } from "../../core/config.ts";
import { listOrigins, type Endpoints, type Environment } from "../../core/environment.ts";
import { QboError } from "../../core/errors.ts";
import { makePrintable } from "../../core/printable.ts";
import type { World } from "../../core/world.ts";
import { readJsonObject } from "../../oauth/intuit-answer.ts";
import { isLoopbackName } from "../../oauth/loopback-name.ts";
import { openChannel } from "../channel.ts";
import { listEnvironmentNames } from "./environment-names.ts";
import { findEnvironmentConfig, type Settings } from "../settings.ts";
import { findBuiltInEnvironment } from "./built-in.ts";

type Doors = Pick<World, "env" | "facts" | "http" | "certificates" | "interruption">;

/**
 * The environment of that name with all its addresses.
 * @throws CONFIG_INVALID when it is unknown, built in and redefined, or incomplete, and when its discovery document names other origins
 * than its connections were made with; INTUIT_UNREACHABLE when that document cannot be had.
 */
export async function resolveEnvironment(world: Doors, settings: Settings, name: string): Promise<Environment> {
  const configured = findEnvironmentConfig(settings, name);
  const builtIn = findBuiltInEnvironment(world.env, name);
  if (builtIn && configured && Object.keys(configured).length > 0) {
    throw new QboError("CONFIG_INVALID", `The environment ${name} is built in and cannot be redefined.`, {
      hint: `Give environments.${name} another name in the configuration file, or take it out. Where it stands: qbo config list`,
    });
  }
  if (builtIn) return builtIn;
  if (!configured) {
    throw new QboError("CONFIG_INVALID", `There is no environment named ${makePrintable(name, 80)}.`, {
      hint: `Choose one of ${listEnvironmentNames(settings).join(", ")}, or define it: qbo help config`,
    });
  }
  const spelledOut = readConfiguredEndpoints(configured);
  const endpoints = spelledOut ?? (await discoverEndpoints(world, name, configured));
  if (!spelledOut) await assertUnmoved(world, name, endpoints);
  return { name, endpoints, redirectRules: "development" };
}

/**
 * A discovery document is foreign text, and may change without anybody here having changed anything: secrets do not follow it to origins
 * that the environment did not have when its connections were made.
 */
async function assertUnmoved(world: Pick<World, "facts">, name: string, endpoints: Endpoints): Promise<void> {
  const { facts: known, damaged } = await world.facts.survey();
  const earlier = known.filter(({ environment }) => environment === name);
  const suspect = damaged.find(({ id }) => id === null || id.startsWith(`${name}/`));
  if (earlier.length === 0 && suspect) throw suspect.error;
  const recorded = earlier.flatMap((facts) => listOrigins(facts.endpoints));
  const moved = listOrigins(endpoints).find((origin) => recorded.length > 0 && !recorded.includes(origin));
  if (moved === undefined) return;
  throw new QboError(
    "CONFIG_INVALID",
    `The discovery document of the environment ${name} now names ${moved}, but ${earlier[0]?.name ?? "a connection"} was connected through ${[...new Set(recorded)].join(", ")}.`,
    { hint: `If the move is right, spell the addresses out in environments.${name}, then sign in: qbo help config` },
  );
}

function readConfiguredEndpoints(config: EnvironmentConfig): Endpoints | undefined {
  const { authorizationEndpoint, tokenEndpoint, revocationEndpoint, userinfoEndpoint, jwksUri, issuer, apiBaseUrl } =
    config;
  if (
    !authorizationEndpoint ||
    !tokenEndpoint ||
    !revocationEndpoint ||
    !userinfoEndpoint ||
    !jwksUri ||
    !issuer ||
    !apiBaseUrl
  ) {
    return undefined;
  }
  return {
    authorization: authorizationEndpoint,
    token: tokenEndpoint,
    revocation: revocationEndpoint,
    userInfo: userinfoEndpoint,
    jwks: jwksUri,
    issuer,
    api: apiBaseUrl.replace(/\/+$/, ""),
  };
}

/** Reads the addresses from the discovery document (OpenID Connect Discovery, section 4); configured ones win. */
async function discoverEndpoints(world: Doors, name: string, config: EnvironmentConfig): Promise<Endpoints> {
  const incomplete = (what: string) =>
    new QboError("CONFIG_INVALID", `The environment ${name} is incomplete: ${what}.`, {
      hint: `Give environments.${name} a discoveryUrl and an apiBaseUrl, or all of its endpoints: qbo help config`,
    });
  if (!config.discoveryUrl) throw incomplete("it has neither a discoveryUrl nor all of its endpoints");
  const channel = await openChannel(world, name);
  const answer = await channel.ask({
    method: "GET",
    url: config.discoveryUrl,
    headers: { accept: "application/json" },
  });
  const document = answer.status === 200 ? readJsonObject(answer.body) : undefined;
  const text = (key: string) => (typeof document?.[key] === "string" ? document[key] : undefined);
  const endpoints = readConfiguredEndpoints({
    authorizationEndpoint: config.authorizationEndpoint ?? text("authorization_endpoint"),
    tokenEndpoint: config.tokenEndpoint ?? text("token_endpoint"),
    revocationEndpoint: config.revocationEndpoint ?? text("revocation_endpoint"),
    userinfoEndpoint: config.userinfoEndpoint ?? text("userinfo_endpoint"),
    jwksUri: config.jwksUri ?? text("jwks_uri"),
    issuer: config.issuer ?? text("issuer"),
    apiBaseUrl: config.apiBaseUrl,
  });
  if (!endpoints)
    throw incomplete(
      document ? "its discovery document or apiBaseUrl lacks an address" : "its discovery document cannot be read",
    );
  for (const address of Object.values(endpoints)) assertProtected(name, address);
  return endpoints;
}

/** A discovery document is foreign text: it must not lead a secret onto an unprotected connection. */
function assertProtected(name: string, address: string): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && (url.protocol === "https:" || (url.protocol === "http:" && isLoopbackName(url.hostname)))) return;
  throw new QboError(
    "CONFIG_INVALID",
    `The environment ${name} names the address ${makePrintable(address, 120)}, which is not https.`,
    {
      hint: `Correct environments.${name} in the configuration file.`,
    },
  );
}
