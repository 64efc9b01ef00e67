import { hasCode } from "../../core/errors.ts";
import { pickEvents } from "../../core/journal-query.ts";
import type { Journal } from "../../core/store-ports.ts";
import type { OwnConnections } from "./own-connections.ts";
import type { FindTeam } from "./reach.ts";

export interface SharedJournalParts {
  own: Journal;
  isOwn: OwnConnections["holds"];
  findTeam: FindTeam<"journal">;
}

/**
 * What happened on this machine, and on all that share the team's store. An event is noted once: here when it is about a connection of this
 * machine or about none yet, else in the team store, and here again while that cannot be reached, so that the evidence is not lost.
 */
export function createSharedJournal({ own, isOwn, findTeam }: SharedJournalParts): Journal {
  const openTeam = async () => (await (await findTeam())?.open())?.journal;
  return {
    async append(event) {
      const team = event.connection === null || (await isOwn(event.connection)) ? undefined : await openTeam();
      if (!team) return own.append(event);
      try {
        await team.append(event);
      } catch (error) {
        if (!hasCode(error, "STORE_UNAVAILABLE")) throw error;
        await own.append(event);
      }
    },
    async read(...queries) {
      const [mine, theirs = []] = [await own.read(...queries), await (await openTeam())?.read(...queries)];
      if (theirs.length === 0) return mine;
      return pickEvents(
        [...mine, ...theirs].toSorted((a, b) => a.at - b.at),
        queries,
      );
    },
    async count(query) {
      return (await own.count(query)) + ((await (await openTeam())?.count(query)) ?? 0);
    },
    async forget(connection) {
      await own.forget(connection);
      await (await openTeam())?.forget(connection);
    },
  };
}
