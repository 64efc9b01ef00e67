import { inspectCertificate } from "../adapters/certificate/inspect-certificate.ts";
import { createFactsStore } from "../adapters/facts/facts.ts";
import { inspectExtraAuthorities } from "../adapters/http/extra-authorities.ts";
import { findProxy } from "../adapters/http/find-proxy.ts";
import { inspectLock } from "../adapters/lock/inspect-lock.ts";
import { findUsualConnections, type Paths } from "../adapters/paths.ts";
import {
  assertFolderFor,
  assertNewFile,
  closePath,
  listExposedPaths,
  replaceNamedFile,
  writeNewFile,
} from "../adapters/private-files.ts";
import { findPortHolder } from "../adapters/port-holder/find-port-holder.ts";
import type { Machine } from "../core/machine.ts";
import type { Clock } from "../core/ports.ts";

export interface MachineParts {
  paths: Paths;
  env: Readonly<Record<string, string | undefined>>;
  os: NodeJS.Platform;
  host: string;
  clock: Clock;
}

/** This machine, as the doctor examines it. */
export function openMachine({ paths, env, os, host, clock }: MachineParts): Machine {
  return {
    inspectLock: async (id) => inspectLock(id, { folder: paths.locks, host, now: clock.now() }),
    inspectCertificate: async () => inspectCertificate(paths.certificates),
    listExposedPaths: async () => listExposedPaths({ state: paths.state, config: paths.config, platform: os }),
    closePath: async (path) => closePath(path),
    findPortHolder: (port) => findPortHolder(port, { platform: os, env }),
    findProxy: (url) => findProxy(url, env),
    inspectExtraAuthorities: () => inspectExtraAuthorities(env),
    async listHiddenConnections() {
      const usual = findUsualConnections(os);
      if (usual === undefined || usual === paths.connections) return [];
      const hidden = await createFactsStore({ folder: usual }).survey();
      return [...hidden.facts, ...hidden.damaged].map(({ name }) => name);
    },
    findProgram: () => [process.execPath, process.argv[1] ?? ""],
    assertFolderFor,
    assertNewFile,
    writeNewFile,
    replaceFile: replaceNamedFile,
  };
}
