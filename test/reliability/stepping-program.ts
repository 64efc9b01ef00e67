import { openRareDoors } from "../../src/process/rare-doors.ts";
import { appendFileSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { systemClock } from "../../src/adapters/clock.ts";
import { createLock } from "../../src/adapters/lock/lock.ts";
import { findPaths } from "../../src/adapters/paths.ts";
import { systemRandom } from "../../src/adapters/random.ts";
import { parse } from "../../src/cli/parse.ts";
import { run } from "../../src/cli/run.ts";
import { QboError } from "../../src/core/errors.ts";
import type { World } from "../../src/core/world.ts";
import { openStderr, openStdout } from "../../src/process/outputs.ts";
import { openStores } from "../../src/process/stores.ts";
import { openTeams } from "../../src/process/team.ts";
import { openWorld } from "../../src/process/world.ts";
import { withSteps } from "./stepping-world.ts";

/**
 * The program as `src/process/start.ts` runs it, with its steps counted. Settings of its own, by environment variables:
 * STEPS_FILE gets the name of each step on a line; at step STOP_AT (a number from 1) it says "stopped" on stderr and waits to be killed;
 * STALE_AFTER is the lock's stale time in milliseconds.
 */
const { STEPS_FILE, STOP_AT, STALE_AFTER } = process.env;
let steps = 0;

async function step(name: string): Promise<void> {
  steps += 1;
  if (STEPS_FILE !== undefined) appendFileSync(STEPS_FILE, `${name}\n`);
  if (steps !== Number(STOP_AT)) return;
  writeSync(2, `stopped ${name}\n`);
  await new Promise(() => setInterval(() => undefined, 1000));
}

function shortenStaleTime(world: World, staleAfter: number): World {
  const { env, notices, configFiles } = world;
  const paths = findPaths(env, process.platform);
  const [host, pid] = [hostname(), process.pid];
  const lock = createLock({
    folder: paths.locks,
    clock: systemClock,
    host,
    pid,
    random: systemRandom,
    staleAfter,
    heartbeat: staleAfter / 20,
  });
  const openTeam = openTeams({ env, configFiles, clock: systemClock, host, pid });
  return { ...world, openStore: openStores({ paths, env, configFiles, lock, notices, openTeam }) };
}

async function main(): Promise<void> {
  const interruption = new AbortController().signal;
  process.exitCode = await run(process.argv.slice(2), {
    version: "1.2.3",
    env: process.env,
    stdout: openStdout(),
    stderr: openStderr(),
    now: () => systemClock.now(),
    parse,
    openWorld(globals) {
      const runDemo = () => Promise.reject(new QboError("UNEXPECTED", "There is no demo here."));
      const world = openWorld({
        globals,
        version: "1.2.3",
        interruption,
        divertSignals: () => () => undefined,
        openRareDoors: (setting) => ({ ...openRareDoors(setting), runDemo }),
      });
      return withSteps(STALE_AFTER === undefined ? world : shortenStaleTime(world, Number(STALE_AFTER)), step);
    },
  });
}

void main();
