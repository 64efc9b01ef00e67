import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { unless, withFile } from "../durable-file/file-failure.ts";

export interface NssSetting {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
}

/** Where a database is made when there is none: every Chromium looks there first. */
export function findUsualDatabase({ home }: NssSetting): string {
  return join(home, ".pki", "nssdb");
}

/**
 * The folders of all NSS databases that browsers made of Chromium read on this machine: the one they share, the one of newer versions, and
 * those of browsers that came as a snap or a flatpak. Firefox has databases of its own and trusts no leaf by them.
 */
export function findDatabases(setting: NssSetting): string[] {
  const { env, home } = setting;
  const dataFolder = env["XDG_DATA_HOME"]?.startsWith("/") ? env["XDG_DATA_HOME"] : join(home, ".local", "share");
  const candidates = [
    findUsualDatabase(setting),
    join(dataFolder, "pki", "nssdb"),
    ...listFolders(join(home, "snap")).flatMap((snap) => [
      join(snap, "current", ".pki", "nssdb"),
      join(snap, "current", ".local", "share", "pki", "nssdb"),
    ]),
    ...listFolders(join(home, ".var", "app")).flatMap((app) => [
      join(app, ".pki", "nssdb"),
      join(app, "data", "pki", "nssdb"),
    ]),
  ];
  return [...new Set(candidates)].filter(hasDatabase);
}

/** The name of the file that holds the certificates in NSS' present format. */
function hasDatabase(folder: string): boolean {
  const path = join(folder, "cert9.db");
  return withFile(path, () => unless(["ENOTDIR"], () => statSync(path, { throwIfNoEntry: false })) !== undefined);
}

function listFolders(folder: string): string[] {
  const names = withFile(folder, () => unless(["ENOENT", "ENOTDIR"], () => readdirSync(folder))) ?? [];
  return names.toSorted().map((name) => join(folder, name));
}
