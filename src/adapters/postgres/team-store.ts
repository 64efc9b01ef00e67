import type { Clock } from "../../core/ports.ts";
import type { Sealer } from "../../core/sealer.ts";
import type { TeamStore } from "../../core/team-store.ts";
import type { TeamStoreAddress } from "./address.ts";
import { createTeamClients } from "./clients.ts";
import { createTeamCredentialStore } from "./credential-store.ts";
import { openDatabase } from "./database.ts";
import { createTeamFacts } from "./facts.ts";
import { createTeamJournal } from "./journal.ts";
import { reseal } from "./reseal.ts";
import { initialise } from "./schema.ts";

export interface TeamStoreOptions {
  address: TeamStoreAddress;
  sealer: Sealer;
  clock: Clock;
  host: string;
  pid: number;
}

/** A team store in a PostgreSQL database. Nothing is opened before it is used; failures are STORE_UNAVAILABLE and STORE_CORRUPT. */
export function createTeamStore({ address, sealer, clock, host, pid }: TeamStoreOptions): TeamStore {
  const { text } = address;
  // The server cuts it off at 63 bytes.
  const database = openDatabase({ address, clock, applicationName: `qbo ${pid}@${host}` });
  const team = { database, sealer, clock, text };
  return {
    credentials: createTeamCredentialStore(team),
    facts: createTeamFacts(team),
    clients: createTeamClients(team),
    journal: createTeamJournal(team, { clock, host, pid }),
    initialise: () => initialise(database, { text, sealer }),
    reseal: (newKey) => reseal(team, newKey),
  };
}
