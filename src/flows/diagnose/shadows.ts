import type { ConnectionFacts } from "../../core/connection.ts";
import { makePrintable } from "../../core/printable.ts";
import { findAppConfig, withProject, type Settings } from "../settings.ts";
import type { Setting } from "../variables.ts";

/** A setting from a variable or a project file that differs from what made the connection. */
export interface Shadow {
  source: string;
  says: string;
  made: string;
  /** The command that takes it away. */
  remedy: string;
}

type Named = readonly [key: string, setting: Setting<string> | undefined];

/** The settings that would lead elsewhere than to this connection. Flags and the files of user and machine are meant so. */
export function listShadows(settings: Settings, facts: ConnectionFacts): Shadow[] {
  const pairs: [...Named, made: string][] = [
    ["clientId", settings.clientId, facts.clientId],
    ["environment", settings.environment, facts.environment],
    ["app", settings.app, facts.app],
    ["store", settings.store, facts.store],
    [`apps.${facts.app}.clientId`, findProjectClient(settings, facts.app), facts.clientId],
  ];
  return pairs.flatMap(([key, setting, made]) => {
    if (!setting || setting.value === made || !isShadow(setting)) return [];
    return [{ ...describe(key, setting), made }];
  });
}

/**
 * What keeps every connection of this machine from being chosen, where nobody has named one. A variable that names an
 * environment without a connection is no such thing: it may be about to be set up.
 */
export function listConcealing({ environment, app, connection }: Settings): Omit<Shadow, "made">[] {
  const named: Named[] = [
    ["connection", connection],
    ["environment", environment?.layer === "project" ? environment : undefined],
    ["app", app?.layer === "project" ? app : undefined],
  ];
  return named.flatMap(([key, setting]) => (setting && isShadow(setting) ? [describe(key, setting)] : []));
}

function isShadow({ source, layer }: Setting<string>): boolean {
  return layer === "project" || source.startsWith("QBO_");
}

function describe(key: string, { value, source, layer }: Setting<string>): Omit<Shadow, "made"> {
  const remedy = layer === "project" ? `qbo config unset ${key} --project` : `unset ${source}`;
  return { source, says: makePrintable(value, 80), remedy };
}

function findProjectClient(settings: Settings, app: string): Setting<string> | undefined {
  const { project } = settings;
  const own = project && findAppConfig({ apps: project.config.apps ?? {} }, app)?.clientId;
  const client = findAppConfig(withProject(settings), app)?.clientId;
  return own === undefined || client !== own
    ? undefined
    : { value: own, source: makePrintable(project?.path ?? ""), layer: "project" };
}
