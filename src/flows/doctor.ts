import type { ConnectionFacts } from "../core/connection.ts";
import { asQboError, hasCode, type QboError } from "../core/errors.ts";
import type { Environment } from "../core/environment.ts";
import type { JournalEvent } from "../core/store-ports.ts";
import type { World } from "../core/world.ts";
import { chooseConnection, listConnections, type ConnectionChoice } from "./choose-connection.ts";
import { examine, type Diagnosis } from "./diagnose/examine.ts";
import type { DoctorDoors } from "./diagnose/examination.ts";
import type { Patient } from "./diagnose/open-examination.ts";
import { assertSameOrigins, findBuiltInEnvironment, resolveEnvironment } from "./environments.ts";
import { getFreshToken } from "./fresh-token.ts";
import type { RefreshDoors } from "./perform-refresh.ts";
import { readSettings, type Settings } from "./settings.ts";

export interface DoctorOptions {
  choice: ConnectionChoice;
  all: boolean;
  offline: boolean;
  /** Mend what is safe to mend. */
  fix: boolean;
  /** Try a real refresh, and look again afterwards. */
  refresh: boolean;
}

type Doors = DoctorDoors & RefreshDoors & Pick<World, "facts" | "journal" | "prompter">;

/** So many connections are looked at at once. */
const concurrency = 8;

/**
 * Looks for what keeps connections from working: one, all, or none on a machine that is being set up.
 * @throws AMBIGUOUS_CONNECTION, NOT_CONNECTED for a connection that is named and unknown, CONFIG_INVALID.
 */
export async function diagnose(world: Doors, options: DoctorOptions): Promise<Diagnosis[]> {
  const settings = await readSettings(world, options.choice);
  const ward = await admit(world, settings, options);
  const first = await examineAll(world, ward, options);
  if (!options.refresh) return first;
  for (const facts of ward.chosen) await tryRefresh(world, settings, facts);
  // The attempt has left its own evidence, good or bad.
  return examineAll(world, await admit(world, settings, options), options);
}

/** Everybody who is to be looked at, and what is known of all. */
interface Ward {
  settings: Settings;
  chosen: ConnectionFacts[];
  known: ConnectionFacts[];
  events: JournalEvent[];
  trouble: QboError | undefined;
}

async function admit(world: Doors, settings: Settings, options: DoctorOptions): Promise<Ward> {
  try {
    const known = await world.facts.list();
    const chosen = await choose(world, settings, options, known);
    return { settings, known, chosen, events: await world.journal.read(), trouble: undefined };
  } catch (error) {
    const trouble = asQboError(error);
    // What cannot be read on this machine is itself a finding.
    if (trouble?.exitCode !== 7) throw error;
    return { settings, known: [], chosen: [], events: [], trouble };
  }
}

async function choose(
  world: Doors,
  settings: Settings,
  { choice, all }: DoctorOptions,
  known: readonly ConnectionFacts[],
): Promise<ConnectionFacts[]> {
  if (all) return listConnections(world, choice);
  const { env, configFiles, facts, prompter } = world;
  const unattended = { env, configFiles, facts, prompter: { ...prompter, canAsk: false } };
  try {
    return [await chooseConnection(unattended, choice)];
  } catch (error) {
    if (!hasCode(error, "NOT_CONNECTED")) throw error;
    const isHidden = known.length === 0 && (await (await world.machine()).listHiddenConnections()).length > 0;
    const isTyped = settings.connection?.layer === "flag";
    const isDefault = settings.connection?.layer === "user" || settings.connection?.layer === "system";
    if ((isTyped || isDefault) && !isHidden) throw error;
    return [];
  }
}

async function examineAll(world: Doors, ward: Ward, options: DoctorOptions): Promise<Diagnosis[]> {
  const memory = new Map<string, Promise<unknown>>();
  const { settings, events, known, trouble } = ward;
  const look = async (facts: ConnectionFacts | undefined) => {
    const environment = facts ? recallEnvironment(facts) : await findEnvironment(world, settings, options);
    const patient: Patient = {
      facts,
      environment,
      settings,
      events,
      known,
      trouble,
      isOffline: options.offline,
      memory,
    };
    return examine(world, patient, { mend: options.fix });
  };
  if (ward.chosen.length === 0) return options.all && !trouble ? [] : [await look(undefined)];
  const diagnoses: Diagnosis[] = [];
  for (let start = 0; start < ward.chosen.length; start += concurrency)
    diagnoses.push(...(await Promise.all(ward.chosen.slice(start, start + concurrency).map(look))));
  return diagnoses;
}

/** A connection's environment, with the addresses of its sign-in. */
function recallEnvironment({ environment: name, endpoints }: ConnectionFacts): Environment {
  const redirectRules = name === "production" ? "production" : "development";
  return { name, endpoints, redirectRules };
}

/** The environment of a sign-in to come. Offline, only built-in ones have known addresses. */
async function findEnvironment(
  world: Doors,
  settings: Settings,
  { offline }: DoctorOptions,
): Promise<Environment | undefined> {
  const name = settings.environment?.value;
  if (name === undefined) return undefined;
  return offline ? findBuiltInEnvironment(world.env, name) : resolveEnvironment(world, settings, name);
}

/** Its outcome is in the facts and in the journal. */
async function tryRefresh(world: Doors, settings: Settings, facts: ConnectionFacts): Promise<void> {
  try {
    assertSameOrigins(world.env, settings, facts);
    await getFreshToken(world, facts, { minValidity: 0, force: true, allowLastMinute: false });
  } catch (error) {
    const known = asQboError(error);
    if (!known || known.code === "CANCELLED") throw error;
    world.notices.warn(`The refresh of ${facts.name} failed: ${known.message}`);
  }
}
