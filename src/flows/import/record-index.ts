import type { ConnectionFacts, ConnectionId } from "../../core/connection.ts";
import { hasCode } from "../../core/errors.ts";
import { unlessCode } from "../../core/unless-code.ts";
import type { DamagedFacts } from "../../core/store-ports.ts";
import type { World } from "../../core/world.ts";
import { explainSuspect, findSuspect, type KnownRecords } from "../connections/known-records.ts";

/**
 * All connections, for whoever stores thousands, one after the other: read once, and after that only what others have made since. Names alone
 * say that, so a record is read again before anything is said of its connection.
 */
export interface RecordIndex extends Pick<KnownRecords, "damaged" | "isNameTaken"> {
  /** The record of a connection, as it is now; one that another process has made since may be missed. Throws as `KnownRecords.find`. */
  find(this: void, id: ConnectionId): Promise<ConnectionFacts | undefined>;
  /** As `find`, for whoever holds the connection, so that nobody else can make a record of it: none is missed. */
  findHeld(this: void, id: ConnectionId): Promise<ConnectionFacts | undefined>;
  /** Finds out which names are taken by now. */
  catchUp(this: void): Promise<void>;
  /** Reads all of them again. */
  readAgain(this: void): Promise<void>;
}

/** Throws FILES_UNAVAILABLE and STORE_UNAVAILABLE, now and later, as reading the records does. */
export async function openRecordIndex(world: Pick<World, "facts">): Promise<RecordIndex> {
  let pages = arrange(await world.facts.survey());
  const readAgain = async () => {
    pages = arrange(await world.facts.survey());
  };
  const catchUp = async () => {
    const present = await world.facts.names();
    for (const name of present.filter((each) => !pages.names.has(each))) {
      const facts = await unlessCode("STORE_CORRUPT", () => world.facts.read(name));
      // It is damaged, or gone again.
      if (!facts) return readAgain();
      enter(pages, facts);
    }
    if (present.length < pages.names.size) leaveOut(pages, new Set(present));
  };
  const search = async (id: ConnectionId) => {
    for (const name of pages.companies.get(readRealmId(id)) ?? []) {
      const facts = await world.facts.read(name);
      // Under that name there may be another connection by now.
      if (facts?.id === id) return facts;
    }
    return undefined;
  };
  const searchAgain = async (id: ConnectionId) => {
    try {
      return await search(id);
    } catch (error) {
      if (!hasCode(error, "STORE_CORRUPT")) throw error;
      await readAgain();
      return search(id);
    }
  };
  const find = async (id: ConnectionId, isHeld: boolean) => {
    const known = await searchAgain(id);
    if (known || !(isHeld || findSuspect(pages.damaged, id))) return known;
    await catchUp();
    const found = await searchAgain(id);
    const suspect = findSuspect(pages.damaged, id);
    if (found || !suspect) return found;
    throw explainSuspect(suspect);
  };
  return {
    get damaged() {
      return pages.damaged;
    },
    isNameTaken: (name) => pages.names.has(name),
    find: (id) => find(id, false),
    findHeld: (id) => find(id, true),
    catchUp,
    readAgain,
  };
}

interface Pages {
  /** Those of damaged records, too. */
  names: Set<string>;
  /** By realm ID, under which names its connections lie, or lay: one that is signed in with another client is another connection. */
  companies: Map<string, Set<string>>;
  damaged: DamagedFacts[];
}

function arrange({ facts, damaged }: Pick<KnownRecords, "facts" | "damaged">): Pages {
  const pages: Pages = { names: new Set(damaged.map(({ name }) => name)), companies: new Map(), damaged };
  for (const each of facts) enter(pages, each);
  return pages;
}

function enter({ names, companies }: Pages, { name, realmId }: ConnectionFacts): void {
  names.add(name);
  const company = companies.get(realmId) ?? new Set();
  companies.set(realmId, company.add(name));
}

function leaveOut(pages: Pages, present: ReadonlySet<string>): void {
  for (const name of pages.names) if (!present.has(name)) pages.names.delete(name);
  pages.damaged = pages.damaged.filter(({ name }) => present.has(name));
}

function readRealmId(id: ConnectionId): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
