import type { ConnectionFacts, ConnectionId } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import type { DamagedFacts } from "../../core/store-ports.ts";
import type { World } from "../../core/world.ts";

/**
 * What is known of all connections, for whoever is about to store one: damaged records must neither stop what does not concern them, nor
 * let a second record of one connection come about.
 */
export interface KnownRecords {
  facts: ConnectionFacts[];
  damaged: DamagedFacts[];
  /**
   * The record of a connection; `undefined` when there is none for certain. There is one record of each connection, so that one which
   * can be read rules out all others.
   * @throws STORE_CORRUPT when a damaged record may be this connection's.
   */
  find(id: ConnectionId): ConnectionFacts | undefined;
  /** Throws STORE_CORRUPT when there is a damaged record of which nobody can say whose it is: any connection may be its. */
  assertAllIdentified(): void;
  isNameTaken(this: void, name: string): boolean;
}

/** Reads every record. Throws FILES_UNAVAILABLE when that cannot be done at all. */
export async function readKnownRecords(world: Pick<World, "facts">): Promise<KnownRecords> {
  const { facts, damaged } = await world.facts.survey();
  const unidentified = findUnidentified(damaged);
  const names = new Set([...facts, ...damaged].map(({ name }) => name));
  return {
    facts,
    damaged,
    find(id) {
      const found = facts.find((known) => known.id === id);
      const suspect = findSuspect(damaged, id);
      if (found || !suspect) return found;
      throw explainSuspect(suspect);
    },
    assertAllIdentified() {
      if (unidentified) throw explainSuspect(unidentified);
    },
    isNameTaken: (name) => names.has(name),
  };
}

/** Tells of damaged records whoever goes on without them. */
export function warnOfDamaged(world: Pick<World, "notices">, { damaged }: Pick<KnownRecords, "damaged">): void {
  for (const { id, error } of damaged) {
    const realmId = id?.split("/")[2];
    const whose = realmId === undefined ? "" : ` It is the record of the company ${realmId}, which is left alone.`;
    world.notices.warn([`${error.message}${whose}`, error.hint].filter((part) => part !== null).join(" "));
  }
}

/** A damaged record that may be this connection's. */
export function findSuspect(damaged: readonly DamagedFacts[], id: ConnectionId): DamagedFacts | undefined {
  return damaged.find((each) => each.id === id) ?? findUnidentified(damaged);
}

function findUnidentified(damaged: readonly DamagedFacts[]): DamagedFacts | undefined {
  return damaged.find(({ id }) => id === null);
}

/** Why a record cannot be made beside a damaged one: STORE_CORRUPT. */
export function explainSuspect({ id, error }: DamagedFacts): QboError {
  const doubt = id === null ? "It may be the record of" : "It is the record of";
  return new QboError(
    error.code,
    `${error.message} ${doubt} the connection that would be stored now, and there must not be two of one.`,
    { ...(error.hint === null ? {} : { hint: error.hint }), details: error.details, cause: error },
  );
}
