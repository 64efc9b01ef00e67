import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { onTestFinished } from "vitest";
import { createCallbackServer } from "../../src/adapters/callback-server/callback-server.ts";
import { createCertificates } from "../../src/adapters/certificate/certificates.ts";
import { createClientRegistry } from "../../src/adapters/clients.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { createConfigFiles } from "../../src/adapters/config-files/config-files.ts";
import { createFactsStore } from "../../src/adapters/facts/facts.ts";
import { createHttp } from "../../src/adapters/http/http.ts";
import { readNamedFile } from "../../src/adapters/input.ts";
import { createJournal } from "../../src/adapters/journal.ts";
import { createLock } from "../../src/adapters/lock/lock.ts";
import { createNotices } from "../../src/adapters/notices/notices.ts";
import { findPaths, type Paths } from "../../src/adapters/paths.ts";
import { createPendingSignIns } from "../../src/adapters/pending-sign-ins.ts";
import { createRescueFiles } from "../../src/adapters/rescue-files.ts";
import { createTrustStore } from "../../src/adapters/trust-store/trust-store.ts";
import { createUnfinishedRuns } from "../../src/adapters/unfinished-runs.ts";
import { createUpdates } from "../../src/adapters/updates/updates.ts";
import type { Globals } from "../../src/cli/globals.ts";
import { isCi } from "../../src/cli/terminal.ts";
import type { World } from "../../src/core/world.ts";
import { openMachine } from "../../src/process/machine.ts";
import { openRekeying } from "../../src/process/rekeying.ts";
import { openStores } from "../../src/process/stores.ts";
import { initTeamStore, resealTeamStore } from "../../src/process/team-keeping.ts";
import { openTeams, shareMemory } from "../../src/process/team.ts";
import { type BrowserVisit, type Consent, consentAtOnce, createFollowingBrowser } from "./following-browser.ts";
import { createMovingClock, type MovingClock } from "./moving-clock.ts";
import { createPasteQueue, createScriptedPrompter, type Script } from "./scripted-prompter.ts";
import { createShutWorld } from "./shut-world.ts";

/** A machine of one's own, in a temporary folder. Everything on it is real but clock, randomness, browser and person. */
export interface TestWorld {
  readonly folder: string;
  /** Where the program is run: `folder`, which is also the home, unless a test says otherwise. The machine has its file in `system` there. */
  workingFolder: string;
  readonly paths: Paths;
  readonly env: Record<string, string | undefined>;
  readonly clock: MovingClock;
  readonly script: Script;
  readonly visits: BrowserVisit[];
  /** What the person does on the consent page. */
  consent: Consent;
  /** What is piped into the next run. */
  stdin: string;
  /** Interrupts what runs now, as Ctrl-C does; the next run needs a new one. */
  interruption: AbortController;
  /** Doors that a test replaces by its own. */
  readonly replaced: Partial<World>;
  /** The doors as the program gets them; what it tells while it works goes to `tell`. */
  open(globals: Globals, tell: (text: string) => void): World;
}

const storeKey = Buffer.alloc(32, 7).toString("base64");

/** Makes the machine; it is gone when the test ends. Nobody sits at it and no emulator runs. */
export function createTestWorld(env: Record<string, string> = {}): TestWorld {
  const folder = mkdtempSync(join(tmpdir(), "qbo-world-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const world: TestWorld = {
    folder,
    workingFolder: folder,
    env: {
      QBO_CONFIG_DIR: join(folder, "config"),
      QBO_STATE_DIR: join(folder, "state"),
      QBO_STORE: "file",
      QBO_STORE_KEY: storeKey,
      ...env,
    },
    paths: findPaths({ QBO_CONFIG_DIR: join(folder, "config"), QBO_STATE_DIR: join(folder, "state") }, "linux"),
    clock: createMovingClock(),
    script: { isAttended: false, answers: [], asked: [], pasted: createPasteQueue() },
    visits: [],
    consent: consentAtOnce,
    stdin: "",
    interruption: new AbortController(),
    replaced: {},
    open: (globals, tell) => openDoors(world, globals, tell),
  };
  return world;
}

function openDoors(world: TestWorld, globals: Globals, tell: (text: string) => void): World {
  const { env, paths, clock, script } = world;
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      tell(String(chunk));
      done();
    },
  });
  const notices = createNotices({ stderr, isQuiet: globals.quiet, isAnimated: false, clock });
  const random = createCountingRandom();
  const [host, pid] = ["test-host", process.pid];
  // Lock and callback server wait for other processes and for sockets: their time is the real one.
  const lock = createLock({ folder: paths.locks, clock: systemClock, host, pid, random });
  const configFiles = createConfigFiles({
    folder: paths.config,
    systemPath: join(world.folder, "system", "config.json"),
    place: { workingFolder: world.workingFolder, home: world.folder },
    uid: process.getuid?.(),
    warn: (text) => notices.warn(text),
  });
  const openTeam = openTeams({ env, configFiles, clock: systemClock, host, pid });
  const open = openStores({ paths, env, configFiles, lock, notices, openTeam });
  return createShutWorld({
    env: { ...env },
    platform: { os: "linux", hostname: host, pid, version: "1.2.3" },
    clock,
    random,
    notices,
    prompter: createScriptedPrompter(script, script.isAttended && globals.input && !isCi(env)),
    interruption: world.interruption.signal,
    configFiles,
    ...shareMemory(
      {
        facts: createFactsStore({ folder: paths.connections }),
        journal: createJournal({ folder: paths.state, clock, host, pid }),
        clients: createClientRegistry({ folder: paths.clients }),
      },
      { env, configFiles, notices, openTeam },
    ),
    rescue: createRescueFiles({ folder: paths.rescue }),
    openStore: async (name) => open(assertNoKeychain(name)),
    openRekeying: (newKey) => openRekeying({ paths, env, configFiles, lock, notices, openTeam }, newKey),
    initStore: (name) => initTeamStore(openTeam, name),
    resealTeamStore: (name, newKey) => resealTeamStore(openTeam, name, newKey),
    http: async () =>
      createHttp({ env, version: "1.2.3", ...(globals.debug ? { trace: (line) => tell(`${line}\n`) } : {}) }),
    certificates: async () => createCertificates({ folder: paths.certificates, clock }),
    callbackServer: async () => createCallbackServer({ clock: systemClock }),
    browser: async () => createFollowingBrowser(world.visits, () => world.consent),
    machine: async () => openMachine({ paths, env, os: "linux", host, clock: systemClock }),
    trustStore: async () =>
      createTrustStore({ platform: "linux", env: { PATH: process.env["PATH"] }, home: world.folder }),
    unfinishedRuns: async () => createUnfinishedRuns({ folder: join(paths.state, "runs") }),
    surroundings: async () => ({ isContainer: false, isWsl: false }),
    // Nobody answers there, and the look itself is none.
    updates: async () =>
      createUpdates({
        folder: paths.state,
        lookCommand: { command: process.execPath, args: ["-e", "0"] },
        env,
        address: "http://localhost:1",
      }),
    pendingSignIns: async () => createPendingSignIns({ folder: paths.signIns }),
    readStdin: async () => world.stdin,
    readFile: (path) => readNamedFile(path, world.interruption.signal),
    ...world.replaced,
  });
}

/** The keychain of whoever runs the tests is none of their business. */
function assertNoKeychain(name: string): string {
  if (name === "keychain") throw new Error("The keychain is shut in tests.");
  return name;
}

let drawn = 0;

function createCountingRandom(): World["random"] {
  return {
    token(bytes) {
      drawn += 1;
      const digest = createHash("sha512").update(`${process.pid} ${drawn}`).digest();
      return digest.subarray(0, bytes).toString("base64url");
    },
  };
}
