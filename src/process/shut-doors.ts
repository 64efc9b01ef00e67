import { QboError } from "../core/errors.ts";
import type { RareDoors } from "./rare-doors.ts";

/** The rare doors for somebody who never opens one: they stay shut, and none of their code is built in. */
export function shutRareDoors(who: string): RareDoors {
  const stayShut = () => Promise.reject(new QboError("UNEXPECTED", `${who} needs no such door.`));
  return {
    callbackServer: stayShut,
    browser: stayShut,
    machine: stayShut,
    trustStore: stayShut,
    openRekeying: stayShut,
    unfinishedRuns: stayShut,
    surroundings: stayShut,
    pendingSignIns: stayShut,
    runProgram: stayShut,
    updates: stayShut,
    runDemo: stayShut,
    initStore: stayShut,
    resealTeamStore: stayShut,
  };
}
