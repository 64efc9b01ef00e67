import { homedir } from "node:os";
import { join } from "node:path";
import type { Paths } from "../adapters/paths.ts";
import { systemClock } from "../adapters/clock.ts";
import type { World } from "../core/world.ts";
import type { DivertSignals } from "../adapters/run-program.ts";
import { updateLookWord } from "./look-for-update.ts";
import type { StoreParts } from "./stores.ts";

/** Doors that `qbo token` never opens. */
export type RareDoors = Pick<
  World,
  | "callbackServer"
  | "browser"
  | "machine"
  | "trustStore"
  | "openRekeying"
  | "unfinishedRuns"
  | "surroundings"
  | "pendingSignIns"
  | "runProgram"
  | "updates"
  | "runDemo"
  | "initStore"
  | "resealTeamStore"
>;

/** What the doors are made of. */
export interface DoorSetting {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  os: NodeJS.Platform;
  host: string;
  version: string;
  interruption: AbortSignal;
  divertSignals: DivertSignals;
  /** What stores are made of. */
  storeParts: StoreParts;
}

/** The doors for signing in and for looking at the machine. */
export function openRareDoors({
  paths,
  env,
  os,
  host,
  storeParts,
  divertSignals,
}: DoorSetting): Omit<RareDoors, "runDemo"> {
  return {
    async callbackServer() {
      const { createCallbackServer } = await import("../adapters/callback-server/callback-server.ts");
      const { findPortHolder } = await import("../adapters/port-holder/find-port-holder.ts");
      return createCallbackServer({
        clock: systemClock,
        findPortHolder: (port) => findPortHolder(port, { platform: os, env }),
      });
    },
    async browser() {
      const { createBrowser } = await import("../adapters/browser.ts");
      return createBrowser({ env, platform: os });
    },
    async machine() {
      const { openMachine } = await import("./machine.ts");
      return openMachine({ paths, env, os, host, clock: systemClock });
    },
    async trustStore() {
      const { createTrustStore } = await import("../adapters/trust-store/trust-store.ts");
      return createTrustStore({ platform: os, env, home: env["HOME"] || homedir() });
    },
    async openRekeying(newKey) {
      const { openRekeying } = await import("./rekeying.ts");
      return openRekeying(storeParts, newKey);
    },
    async initStore(name) {
      const { initTeamStore } = await import("./team-keeping.ts");
      return initTeamStore(storeParts.openTeam, name);
    },
    async resealTeamStore(name, newKey) {
      const { resealTeamStore } = await import("./team-keeping.ts");
      return resealTeamStore(storeParts.openTeam, name, newKey);
    },
    async unfinishedRuns() {
      const { createUnfinishedRuns } = await import("../adapters/unfinished-runs.ts");
      return createUnfinishedRuns({ folder: join(paths.state, "runs") });
    },
    async surroundings() {
      const { inspectSurroundings } = await import("../adapters/surroundings.ts");
      return inspectSurroundings(env);
    },
    async runProgram(run) {
      const { createRunProgram } = await import("../adapters/run-program.ts");
      return createRunProgram({ platform: os, divertSignals })(run);
    },
    async pendingSignIns() {
      const { createPendingSignIns } = await import("../adapters/pending-sign-ins.ts");
      return createPendingSignIns({ folder: paths.signIns });
    },
    async updates() {
      const { createUpdates } = await import("../adapters/updates/updates.ts");
      const lookCommand = { command: process.execPath, args: [process.argv[1] ?? "", updateLookWord] };
      return createUpdates({ folder: paths.state, lookCommand, env });
    },
  };
}
