import type { EnvironmentConfig } from "../../core/config.ts";
import { listOrigins, type Endpoints } from "../../core/environment.ts";
import { QboError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import { findEnvironmentConfig, type Settings } from "../settings.ts";
import { findBuiltInEnvironment } from "./built-in.ts";

/**
 * Refuses to go on when a connection's environment now points to other origins than at sign-in: its tokens would leave for
 * a place that nobody consented to.
 * @throws CONFIG_INVALID naming both.
 */
export function assertSameOrigins(
  env: World["env"],
  settings: Settings,
  facts: { name: string; environment: string; endpoints: Endpoints },
): void {
  const moved = findMovedOrigin(env, settings, facts);
  if (moved === undefined) return;
  const recorded = listOrigins(facts.endpoints);
  throw new QboError(
    "CONFIG_INVALID",
    `The environment ${facts.environment} now points to ${moved}, but ${facts.name} was connected through ${recorded.join(", ")}.`,
    {
      hint: `If the move is right, sign in again: qbo login ${facts.name} --env ${facts.environment}`,
      details: { connection: facts.name },
    },
  );
}

/** An origin to which the environment points now, and did not when its endpoints were recorded. */
export function findMovedOrigin(
  env: World["env"],
  settings: Settings,
  { environment, endpoints }: { environment: string; endpoints: Endpoints },
): string | undefined {
  const builtIn = findBuiltInEnvironment(env, environment);
  const configured = findEnvironmentConfig(settings, environment);
  const current = builtIn ? listOrigins(builtIn.endpoints) : listConfiguredOrigins(configured ?? {});
  const recorded = listOrigins(endpoints);
  return current.find((origin) => !recorded.includes(origin));
}

/** The origins that the configuration spells out; a discovery document may name more, which nothing follows but a sign-in. */
function listConfiguredOrigins(config: EnvironmentConfig): string[] {
  const { tokenEndpoint, revocationEndpoint, userinfoEndpoint, jwksUri, apiBaseUrl } = config;
  const addresses = [tokenEndpoint, revocationEndpoint, userinfoEndpoint, jwksUri, apiBaseUrl];
  return addresses.filter((address) => address !== undefined).map((address) => new URL(address).origin);
}
