import { join } from "node:path";
import type { ConfigFile, ConfigFiles, ConfigLayer } from "../../core/config.ts";
import { makePrintable } from "../../core/printable.ts";
import { readGuarded, type Guard, type GuardedText } from "./guarded-text.ts";
import { findProjectFile, projectFileName, type ProjectPlace } from "./project-file.ts";

export interface ConfigFilesOptions {
  /** The user's configuration folder. */
  folder: string;
  /** The machine's file. */
  systemPath: string;
  place: ProjectPlace;
  /** The number of the user that this process runs as; undefined where there are none (Windows). */
  uid: number | undefined;
  warn(this: void, text: string): void;
}

const kibibyte = 1024;

/** The configuration files of project, user and machine; see `ConfigFiles`. */
export function createConfigFiles({ folder, systemPath, place, uid, warn }: ConfigFilesOptions): ConfigFiles {
  const userPath = join(folder, "config.json");
  const owners = uid === undefined ? null : [0, uid];
  const guards: Readonly<Record<ConfigLayer, Guard>> = {
    project: { limit: 64 * kibibyte, owners },
    user: { limit: 1024 * kibibyte },
    system: { limit: 1024 * kibibyte, owners },
  };
  const warned = new Set<string>();
  const read = (layer: ConfigLayer, path: string): GuardedText => {
    const found = readGuarded(path, guards[layer]);
    if (found.kind === "distrusted" && !warned.has(path)) {
      warned.add(path);
      warn(`The configuration file ${makePrintable(path)} is left aside: ${found.reason}.`);
    }
    return found;
  };
  const readLayer = async (layer: ConfigLayer, path: string): Promise<ConfigFile | undefined> => {
    const found = read(layer, path);
    if (found.kind !== "text") return undefined;
    // Many have no file, and need not read what checks one.
    const { parseConfig } = await import("./parse-config.ts");
    return { path, layer, config: await parseConfig({ path, layer, text: found.text }) };
  };
  const set = async (layer: ConfigLayer, key: readonly string[], value: unknown): Promise<string> => {
    const path = { user: () => userPath, system: () => systemPath, project: () => placeProject(place) }[layer]();
    const { editConfig } = await import("./edit-config.ts");
    await editConfig({ path, layer, found: readGuarded(path, guards[layer]), userPath }, key, value);
    return path;
  };
  return {
    userPath,
    async readLayers() {
      const projectPath = findProjectFile(place);
      const isUsersOwn = projectPath === undefined || projectPath === userPath;
      const files = [
        isUsersOwn ? undefined : await readLayer("project", projectPath),
        await readLayer("user", userPath),
        await readLayer("system", systemPath),
      ];
      return files.filter((file) => file !== undefined);
    },
    readUser: () => readLayer("user", userPath),
    async setUser(key, value) {
      await set("user", key, value);
    },
    set,
    async findLine(path, key) {
      const found = readGuarded(path, { limit: 1024 * kibibyte });
      if (found.kind !== "text") return null;
      const { findKeyLine } = await import("./parse-config.ts");
      return findKeyLine(found.text, key);
    },
  };
}

function placeProject(place: ProjectPlace): string {
  return findProjectFile(place) ?? join(place.workingFolder ?? "", projectFileName);
}
