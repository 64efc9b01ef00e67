import type { ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import { findNearest } from "../../core/nearest.ts";
import { makePrintable } from "../../core/printable.ts";
import type { World } from "../../core/world.ts";
import { listEnvironmentNames } from "../environments/environment-names.ts";
import type { Narrowing } from "./list-connections.ts";
import type { Settings } from "../settings.ts";

/**
 * A mistyped name fits no connection: a job would do nothing, and a monitor find nothing amiss.
 * @throws CONFIG_INVALID for an environment, APP_NOT_CONFIGURED for an app, that neither the configuration nor a connection knows.
 */
export function assertNamesKnown(
  { environment, app }: Narrowing,
  { settings, env }: { settings: Pick<Settings, "environments" | "apps">; env: World["env"] },
  connections: readonly ConnectionFacts[],
): void {
  if (!environment && !app) return;
  const environments = [...listEnvironmentNames(settings), ...connections.map((facts) => facts.environment)];
  if (environment && !environments.includes(environment.value))
    throw new QboError("CONFIG_INVALID", `There is no environment named ${tellName(environment)}.`, {
      hint: suggest(environment.value, environments),
    });
  // Variables make an app of whatever name.
  if (env["QBO_CLIENT_ID"]) return;
  // An app goes by its environment's name unless it has one of its own.
  const apps = [...environments, ...Object.keys(settings.apps), ...connections.map((facts) => facts.app)];
  if (app && !apps.includes(app.value))
    throw new QboError("APP_NOT_CONFIGURED", `There is no app named ${tellName(app)}.`, {
      hint: suggest(app.value, apps),
    });
}

function tellName({ value, source }: { value: string; source: string }): string {
  return `${makePrintable(value, 80)}${source.startsWith("--") ? "" : ` (set by ${source})`}`;
}

function suggest(name: string, known: readonly string[]): string {
  const names = [...new Set(known)];
  const nearest = findNearest(name, names);
  return nearest === undefined ? `There are ${names.slice(0, 20).join(", ")}.` : `Did you mean ${nearest}?`;
}
