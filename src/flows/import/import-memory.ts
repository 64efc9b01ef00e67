import type { ConnectionId } from "../../core/connection.ts";
import type { Environment } from "../../core/environment.ts";
import type { JournalEvent } from "../../core/journal-event.ts";
import { resolveEnvironment } from "../environments/resolve-environment.ts";
import type { Settings } from "../settings.ts";
import type { ImportDoors } from "./import-doors.ts";
import { openRecordIndex, type RecordIndex } from "./record-index.ts";

/** What all entries of an import need and is looked up once: of thousands each would go through what is known of all the others. */
export interface ImportMemory {
  known: RecordIndex;
  /** As `resolveEnvironment`; one that could not be resolved is tried again. */
  resolveEnvironment(this: void, settings: Settings, name: string): Promise<Environment>;
  /** By what the tokens of a connection came that are stored; `undefined` when the journal does not say. */
  findArrival(this: void, id: ConnectionId): Promise<JournalEvent["event"] | undefined>;
  /** Notes that the tokens of a connection are given ones now. */
  noteGiven(this: void, id: ConnectionId): void;
}

/** What brings tokens in. */
const arrivals = ["imported", "code-exchanged", "refreshed"] as const;

/** From so many entries on, the journal is gone through once for all of them: in a team's store it is far away, and may be long. */
const manyEntries = 10;

type Arrivals = Map<string | null, JournalEvent["event"]>;

/** `count`: of the entries. Throws as `openRecordIndex`. */
export async function openImportMemory(world: ImportDoors, count: number): Promise<ImportMemory> {
  const environments = new Map<string, Environment>();
  const given = new Set<string>();
  let all: Arrivals | undefined;
  const readArrivals = async (query: { connection?: string }): Promise<Arrivals> => {
    const events = await world.journal.read({ ...query, events: arrivals });
    return new Map(
      events.filter(({ outcome }) => outcome === "ok").map(({ connection, event }) => [connection, event]),
    );
  };
  return {
    known: await openRecordIndex(world),
    async resolveEnvironment(settings, name) {
      const resolved = environments.get(name) ?? (await resolveEnvironment(world, settings, name));
      environments.set(name, resolved);
      return resolved;
    },
    async findArrival(connection) {
      if (given.has(connection)) return "imported";
      if (count < manyEntries) return (await readArrivals({ connection })).get(connection);
      all ??= await readArrivals({});
      return all.get(connection);
    },
    noteGiven: (id) => void given.add(id),
  };
}
