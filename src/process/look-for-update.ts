import { systemClock } from "../adapters/clock.ts";
import { findPaths } from "../adapters/paths.ts";
import { QboError } from "../core/errors.ts";
import { AnswerLost, NotSent } from "../core/failures.ts";
import { second } from "../core/instant.ts";
import { lookForUpdate } from "../flows/update/look-for-update.ts";

/** The word after which this program does nothing but look for a newer version, in a process of its own. */
export const updateLookWord = "__look-for-update";

const patience = 20 * second;

export interface LookSetting {
  env: NodeJS.ProcessEnv;
  os: NodeJS.Platform;
  version: string;
}

/** Nobody waits for this process, and nobody hears it: what fails is tried again another day. */
export async function runUpdateLook({ env, os, version }: LookSetting): Promise<void> {
  const doors = {
    clock: systemClock,
    async http() {
      const { createHttp } = await import("../adapters/http/http.ts");
      return createHttp({ env, version });
    },
    async updates() {
      const { createUpdates } = await import("../adapters/updates/updates.ts");
      const lookCommand = { command: process.execPath, args: [] };
      return createUpdates({ folder: findPaths(env, os).state, lookCommand, env });
    },
  };
  try {
    await lookForUpdate(doors, AbortSignal.timeout(patience));
  } catch (error) {
    if (!(error instanceof QboError || error instanceof NotSent || error instanceof AnswerLost)) throw error;
  }
}
