import type { World } from "../../src/core/world.ts";

/** Every door there is; the compiler asks for the new ones. */
const doors: Readonly<Record<keyof World, true>> = {
  env: true,
  platform: true,
  clock: true,
  random: true,
  notices: true,
  prompter: true,
  interruption: true,
  configFiles: true,
  facts: true,
  journal: true,
  clients: true,
  rescue: true,
  openStore: true,
  openRekeying: true,
  initStore: true,
  resealTeamStore: true,
  http: true,
  certificates: true,
  callbackServer: true,
  browser: true,
  machine: true,
  trustStore: true,
  unfinishedRuns: true,
  surroundings: true,
  pendingSignIns: true,
  updates: true,
  readStdin: true,
  readFile: true,
  runProgram: true,
  runDemo: true,
};

/** A world in which only the given doors are open: any other throws when it is touched. */
export function createShutWorld(open: Partial<World> = {}): World {
  const world = { ...open };
  for (const door of Object.keys(doors)) {
    if (door in open) continue;
    // Not enumerable, so that a copy of the world can be made without touching its doors.
    Object.defineProperty(world, door, {
      get() {
        throw new Error(`The door "${door}" is shut: this test did not open it.`);
      },
    });
  }
  assertWorld(world);
  return world;
}

function assertWorld(world: Partial<World>): asserts world is World {
  const missing = Object.keys(doors).filter((door) => !(door in world));
  if (missing.length > 0) throw new Error(`No such door: ${missing.join(", ")}`);
}
