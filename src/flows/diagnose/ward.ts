import type { ConnectionFacts } from "../../core/connection.ts";
import { asQboError, hasCode, QboError } from "../../core/errors.ts";
import type { JournalEvent } from "../../core/journal-event.ts";
import type { DamagedFacts } from "../../core/store-ports.ts";
import type { World } from "../../core/world.ts";
import { readEvidence } from "../causes/evidence.ts";
import { chooseConnection, type ConnectionChoice } from "../connections/choose-connection.ts";
import { listConnections } from "../connections/list-connections.ts";
import { readSettings, type Settings } from "../settings.ts";

type Doors = Pick<World, "facts" | "journal" | "prompter" | "notices" | "machine">;

/** Who is to be looked at: one connection, or all that fit. */
export interface Admission {
  choice: ConnectionChoice;
  all: boolean;
}

/** The settings; where they are faulty the built-in ones, and why. */
export interface Reading {
  settings: Settings;
  fault: QboError | undefined;
  /** The doors by which the same settings are read again. */
  doors: Pick<World, "env" | "configFiles">;
}

/** What is faulty is left out, the files before the variables: whatever else was set goes on counting. */
export async function readSettingsOrFault(
  world: Pick<World, "env" | "configFiles">,
  choice: ConnectionChoice,
): Promise<Reading> {
  const { env, configFiles } = world;
  const noFiles = { ...configFiles, readUser: async () => undefined, readLayers: async () => [] };
  const ways = [
    { env, configFiles },
    { env, configFiles: noFiles },
    { env: {}, configFiles },
  ];
  let fault: QboError | undefined;
  for (const doors of [...ways, { env: {}, configFiles: noFiles }]) {
    try {
      return { settings: await readSettings(doors, choice), fault, doors };
    } catch (error) {
      if (!hasCode(error, "CONFIG_INVALID")) throw error;
      fault ??= error;
    }
  }
  throw fault ?? new QboError("CONFIG_INVALID", "The settings cannot be used.");
}

/** Everybody who is to be looked at, and what is known of all. */
export interface Ward extends Reading {
  chosen: ConnectionFacts[];
  known: ConnectionFacts[];
  damaged: DamagedFacts[];
  events: JournalEvent[];
  trouble: QboError | undefined;
}

/** @throws AMBIGUOUS_CONNECTION, NOT_CONNECTED for a connection that is named and unknown. */
export async function admit(world: Doors, reading: Reading, options: Admission): Promise<Ward> {
  try {
    const { facts: known, damaged } = await world.facts.survey();
    const chosen = await choose(world, reading, options, known);
    return {
      ...reading,
      known,
      damaged,
      chosen,
      events: await readEvidence(world.journal, chosen),
      trouble: undefined,
    };
  } catch (error) {
    const trouble = asQboError(error);
    // What cannot be read on this machine is itself a finding.
    if (trouble?.exitCode !== 7) throw error;
    return { ...reading, known: [], damaged: [], chosen: [], events: [], trouble };
  }
}

async function choose(
  world: Doors,
  { settings, doors }: Reading,
  { choice, all }: Admission,
  known: readonly ConnectionFacts[],
): Promise<ConnectionFacts[]> {
  const { facts, prompter, notices } = world;
  if (all) return listConnections({ ...doors, facts, notices }, choice);
  try {
    return [await chooseConnection({ ...doors, facts, prompter: { ...prompter, canAsk: false } }, choice)];
  } catch (error) {
    if (!hasCode(error, "NOT_CONNECTED")) throw error;
    const isHidden = known.length === 0 && (await (await world.machine()).listHiddenConnections()).length > 0;
    const isTyped = settings.connection?.layer === "flag";
    const isDefault = settings.connection?.layer === "user" || settings.connection?.layer === "system";
    if ((isTyped || isDefault) && !isHidden) throw error;
    return [];
  }
}
