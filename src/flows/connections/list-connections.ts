import type { ConnectionFacts } from "../../core/connection.ts";
import type { DamagedFacts } from "../../core/store-ports.ts";
import { readStoreName } from "../../core/store-name.ts";
import type { World } from "../../core/world.ts";
import { readSettings } from "../settings.ts";
import type { Setting, SettingLayer } from "../variables.ts";
import { assertNamesKnown } from "./known-names.ts";

/**
 * What a connection must belong to. Flags, variables and a project's file decide; what user and machine have configured is a
 * preference only.
 */
export interface Narrowing {
  environment?: Setting<string> | undefined;
  app?: Setting<string> | undefined;
}

/** Which connections a command about many means. */
export interface ManyChoice {
  environment?: string | undefined;
  app?: string | undefined;
  /** For what cannot be undone: a project's file has no say in it. */
  withoutProject?: boolean | undefined;
}

/** The connections of a choice that can be read, and what is known of those that cannot. */
interface Survey {
  connections: ConnectionFacts[];
  /** Also those of other environments and apps: which one they belong to cannot be known. */
  damaged: DamagedFacts[];
}

/**
 * All connections of the environment and the app that flags or variables name, or of all; damaged ones are told and left to the caller.
 * What is done to many must not pass some over because of the folder in which it is done: a project's file does not count.
 * @throws CONFIG_INVALID, APP_NOT_CONFIGURED for a name that nothing has.
 */
export async function surveyConnections(
  world: Pick<World, "env" | "configFiles" | "facts" | "notices">,
  choice: ManyChoice,
): Promise<Survey> {
  return select(world, choice, { ...(await world.facts.survey()), isAll: true });
}

interface Found extends Awaited<ReturnType<World["facts"]["survey"]>> {
  /** Whether there are no connections but these. */
  isAll: boolean;
}

async function select(
  world: Pick<World, "env" | "configFiles" | "notices">,
  choice: ManyChoice,
  { facts, damaged, isAll }: Found,
): Promise<Survey> {
  for (const { error } of damaged)
    world.notices.warn(`${error.message}${error.hint === null ? "" : ` ${error.hint}`} The others are not affected.`);
  const settings = await readSettings(world, choice);
  const narrowing = narrowTo(settings, whole);
  // What cannot be read may be what was meant.
  if (isAll && damaged.length === 0) assertNamesKnown(narrowing, { settings, env: world.env }, facts);
  return { connections: narrow(facts, narrowing), damaged };
}

/**
 * As `listConnections`, those of this machine alone, for which no server is asked. Where there is a team store as well, an environment or an
 * app that nothing here has may be one of the team's.
 */
export async function listOwnConnections(
  world: Pick<World, "env" | "configFiles" | "facts" | "notices">,
  choice: ManyChoice,
): Promise<ConnectionFacts[]> {
  const { store } = await readSettings(world);
  const found = await (world.facts.surveyHere?.() ?? world.facts.survey());
  const isAll = readStoreName(store.value)?.kind !== "postgres";
  return (await select(world, choice, { ...found, isAll })).connections;
}

/** As `surveyConnections`, for commands that do what they can for those that can be read. */
export async function listConnections(
  world: Pick<World, "env" | "configFiles" | "facts" | "notices">,
  choice: ManyChoice,
): Promise<ConnectionFacts[]> {
  return (await surveyConnections(world, choice)).connections;
}

/**
 * All connections of the choice, for what cannot be undone.
 * @throws STORE_CORRUPT when a record is damaged, whichever choice it belongs to; CONFIG_INVALID, APP_NOT_CONFIGURED for a name that nothing has.
 */
export async function listEveryConnection(
  world: Pick<World, "env" | "configFiles" | "facts">,
  choice: ManyChoice,
): Promise<ConnectionFacts[]> {
  const [facts, settings] = [await world.facts.list(), await readSettings(world, choice)];
  const narrowing = narrowTo(settings, whole);
  assertNamesKnown(narrowing, { settings, env: world.env }, facts);
  return narrow(facts, narrowing);
}

/** The layers that narrow what is done to many. */
const whole: readonly SettingLayer[] = ["flag", "variable"];

/** What of a narrowing was set on one of these layers. */
export function narrowTo({ environment, app }: Narrowing, layers: readonly SettingLayer[]): Narrowing {
  const pick = (setting: Setting<string> | undefined) =>
    setting?.layer !== undefined && layers.includes(setting.layer) ? setting : undefined;
  return { environment: pick(environment), app: pick(app) };
}

/** The connections that belong to the environment and the app, as far as these are given. */
export function narrow(all: readonly ConnectionFacts[], { environment, app }: Narrowing): ConnectionFacts[] {
  return all.filter(
    (facts) =>
      (environment === undefined || facts.environment === environment.value) &&
      (app === undefined || facts.app === app.value),
  );
}
