import type { ConnectionFacts } from "../../core/connection.ts";
import type { Environment } from "../../core/environment.ts";
import { asQboError, type QboError } from "../../core/errors.ts";
import type { DamagedFacts } from "../../core/store-ports.ts";
import type { World } from "../../core/world.ts";
import { findBuiltInEnvironment } from "../environments/built-in.ts";
import { resolveEnvironment } from "../environments/resolve-environment.ts";
import { assertSameOrigins } from "../environments/same-origins.ts";
import { getFreshToken } from "../refresh/fresh-token.ts";
import type { RefreshDoors } from "../refresh/perform-refresh.ts";
import type { Settings } from "../settings.ts";
import type { DoctorDoors } from "./examination.ts";
import { examine, type Diagnosis } from "./examine.ts";
import type { Patient } from "./open-examination.ts";
import { admit, readSettingsOrFault, type Admission, type Reading, type Ward } from "./ward.ts";

export interface DoctorOptions extends Admission {
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
 * Looks for what keeps connections from working: one, all, or none on a machine that is being set up. Settings that cannot be read are
 * a finding, too.
 * @throws AMBIGUOUS_CONNECTION, NOT_CONNECTED for a connection that is named and unknown.
 */
export async function diagnose(world: Doors, options: DoctorOptions): Promise<Diagnosis[]> {
  const reading = await readSettingsOrFault(world, options.choice);
  const first = await examineAll(world, await admit(world, reading, options), options);
  if (!options.refresh || reading.fault) return first.diagnoses;
  for (const facts of first.chosen) await tryRefresh(world, reading.settings, facts);
  // The attempt has left its own evidence, good or bad.
  return (await examineAll(world, await admit(world, reading, options), options)).diagnoses;
}

async function examineAll(world: Doors, ward: Ward, options: DoctorOptions) {
  const memory = new Map<string, Promise<unknown>>();
  const { settings, events, known, trouble, chosen, damaged } = ward;
  const shared = { settings, events, known, damaged, isOffline: options.offline, memory };
  const look = async (facts: ConnectionFacts | undefined) => {
    const { environment, fault } = facts
      ? { environment: recallEnvironment(facts), fault: ward.fault }
      : await findEnvironment(world, ward, options);
    const patient: Patient = { ...shared, facts, environment, fault, trouble, damagedName: null };
    return examine(world, patient, { mend: options.fix });
  };
  const lookAtDamaged = ({ name, error }: DamagedFacts) => {
    const unknown = { facts: undefined, environment: undefined, fault: ward.fault };
    return examine(world, { ...shared, ...unknown, trouble: error, damagedName: name }, { mend: false });
  };
  if (!options.all && chosen.length === 0) return { chosen, diagnoses: [await look(undefined)] };
  if (options.all && trouble) return { chosen, diagnoses: [await look(undefined)] };
  const diagnoses: Diagnosis[] = [];
  for (let start = 0; start < chosen.length; start += concurrency)
    diagnoses.push(...(await Promise.all(chosen.slice(start, start + concurrency).map(look))));
  if (options.all) for (const each of damaged) diagnoses.push(await lookAtDamaged(each));
  return { chosen, diagnoses };
}

/** A connection's environment, with the addresses of its sign-in. */
function recallEnvironment({ environment: name, endpoints }: ConnectionFacts): Environment {
  const redirectRules = name === "production" ? "production" : "development";
  return { name, endpoints, redirectRules };
}

/** The environment of a sign-in to come, or why it cannot be used. Offline, only built-in ones have known addresses. */
async function findEnvironment(
  world: Doors,
  { settings, fault, doors }: Reading,
  { offline }: DoctorOptions,
): Promise<{ environment: Environment | undefined; fault: QboError | undefined }> {
  const name = settings.environment?.value;
  if (name === undefined) return { environment: undefined, fault };
  try {
    if (offline || fault) return { environment: findBuiltInEnvironment(doors.env, name), fault };
    return { environment: await resolveEnvironment(world, settings, name), fault };
  } catch (error) {
    const known = asQboError(error);
    if (!known || known.code === "CANCELLED") throw error;
    return { environment: undefined, fault: known };
  }
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
