import { homedir, hostname } from "node:os";
import { createClientRegistry } from "../adapters/clients.ts";
import { systemClock } from "../adapters/clock.ts";
import { createConfigFiles } from "../adapters/config-files/config-files.ts";
import { createFactsStore } from "../adapters/facts/facts.ts";
import { readNamedFile } from "../adapters/input.ts";
import { createJournal } from "../adapters/journal.ts";
import { createLock } from "../adapters/lock/lock.ts";
import { findPaths, type Paths } from "../adapters/paths.ts";
import { systemRandom } from "../adapters/random.ts";
import { createRescueFiles } from "../adapters/rescue-files.ts";
import type { Notices } from "../core/ports.ts";
import type { ConfigFiles } from "../core/config.ts";
import type { World } from "../core/world.ts";
import type { DoorSetting, RareDoors } from "./rare-doors.ts";
import { openWhenUsed } from "./open-when-used.ts";
import { openStores, type StoreParts } from "./stores.ts";
import { openTeams, shareMemory } from "./team.ts";

/** What is opened once, however many worlds stand on it: stores keep their keys and their connections to servers. */
export interface Foundation extends StoreParts {
  host: string;
  configFiles: ConfigFiles;
  openStore: World["openStore"];
}

/** Throws CONFIG_INVALID. */
export function layFoundation(parts: Pick<StoreParts, "env" | "notices" | "program">): Foundation {
  const { env, notices } = parts;
  const paths = findPaths(env, process.platform);
  const host = hostname();
  const { pid } = process;
  const lock = openWhenUsed(() =>
    createLock({ folder: paths.locks, clock: systemClock, host, pid, random: systemRandom }),
  );
  const configFiles = openConfigFiles(paths, notices);
  const openTeam = openTeams({ env, configFiles, clock: systemClock, host, pid });
  const storeParts = { ...parts, paths, configFiles, lock, openTeam };
  return { ...storeParts, host, openStore: openStores(storeParts) };
}

/** What depends on who opens the doors: the program for the person at its terminal, or the library for its caller. */
export interface WorldParts extends Pick<World, "interruption" | "prompter" | "readStdin"> {
  version: string;
  /** Told of each HTTP request. */
  trace: ((line: string) => void) | undefined;
  openRareDoors(this: void, setting: Omit<DoorSetting, "divertSignals">): RareDoors;
}

/** The real doors of this machine. What costs time to open is opened when it is asked for. */
export function assembleWorld(foundation: Foundation, { openRareDoors, trace, ...parts }: WorldParts): World {
  const { platform: os, pid } = process;
  const { env, paths, host, notices, configFiles, openTeam, openStore } = foundation;
  const { version, interruption } = parts;
  return {
    env,
    platform: { os, hostname: host, pid, version },
    clock: systemClock,
    random: systemRandom,
    notices,
    prompter: parts.prompter,
    interruption,
    configFiles,
    ...shareMemory(
      {
        facts: createFactsStore({ folder: paths.connections }),
        journal: openWhenUsed(() => createJournal({ folder: paths.state, clock: systemClock, host, pid })),
        clients: openWhenUsed(() => createClientRegistry({ folder: paths.clients })),
      },
      { env, configFiles, notices, openTeam },
    ),
    rescue: openWhenUsed(() => createRescueFiles({ folder: paths.rescue })),
    openStore,
    ...openIntuit({ paths, env, version, trace }),
    ...openRareDoors({ paths, env, os, host, version, interruption, storeParts: foundation }),
    readStdin: parts.readStdin,
    readFile: (path) => readNamedFile(path, interruption),
  };
}

function openConfigFiles({ config: folder, systemConfig: systemPath }: Paths, notices: Notices): ConfigFiles {
  return createConfigFiles({
    folder,
    systemPath,
    place: { workingFolder: findWorkingFolder(), home: homedir() },
    uid: process.getuid?.(),
    warn: (text) => notices.warn(text),
  });
}

/** It may have been removed while a shell is still in it. */
function findWorkingFolder(): string | undefined {
  try {
    return process.cwd();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

interface IntuitParts {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  version: string;
  trace: ((line: string) => void) | undefined;
}

/** The way to Intuit. The HTTP client is heavy, and most runs do not need it. */
function openIntuit({ paths, env, version, trace }: IntuitParts): Pick<World, "http" | "certificates"> {
  return {
    async http() {
      const { createHttp } = await import("../adapters/http/http.ts");
      return createHttp({ env, version, ...(trace ? { trace } : {}) });
    },
    async certificates() {
      const { createCertificates } = await import("../adapters/certificate/certificates.ts");
      return createCertificates({ folder: paths.certificates, clock: systemClock });
    },
  };
}
