// What the end-to-end suites need of the machine, and how it gets there.
//
// A test file under test/e2e says on its first line what it needs: `// needs: secret-service, chromium`.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { root } from "./run.mjs";

/**
 * Per word: the Debian packages, and the programs that show that it is there (of each row, one is enough).
 *
 * @type {Record<string, { packages: string[], programs: string[][] }>}
 */
const needs = {
  "secret-service": {
    packages: ["dbus", "gnome-keyring", "libsecret-1-0", "libsecret-tools"],
    programs: [["dbus-daemon"], ["gnome-keyring-daemon"], ["secret-tool"]],
  },
  "credential-helpers": {
    packages: ["golang-docker-credential-helpers"],
    programs: [["docker-credential-secretservice"]],
  },
  chromium: { packages: ["chromium"], programs: [["chromium", "chromium-browser"]] },
  tmux: { packages: ["tmux"], programs: [["tmux"]] },
  systemd: { packages: ["systemd"], programs: [["systemd-analyze"]] },
  curl: { packages: ["curl"], programs: [["curl"]] },
  setsid: { packages: ["util-linux"], programs: [["setsid"]] },
  python3: { packages: ["python3-minimal"], programs: [["python3"]] },
  // The programs of the server itself are not on the path; the first of these finds them.
  postgresql: { packages: ["postgresql"], programs: [["pg_ctlcluster", "initdb"], ["pg_dump"]] },
  zsh: { packages: ["zsh"], programs: [["zsh"]] },
  fish: { packages: ["fish"], programs: [["fish"]] },
  mandoc: { packages: ["mandoc"], programs: [["mandoc"]] },
  "nss-tools": { packages: ["libnss3-tools"], programs: [["certutil"]] },
};

const endToEndFolder = "test/e2e";
/** A fresh machine updates itself for a while, and holds locks for which apt-get does not wait. */
const installTries = 4;
const installPauseMs = 20_000;
const aptTimeoutMs = 15 * 60_000;

/**
 * Installs what is missing where that is possible, and answers which of the files have to be left out all the same.
 *
 * @param {string[]} filters as given to vitest; a file runs when its path contains one of them
 * @returns {Promise<{ file: string, reason: string }[]>}
 */
export async function provideNeeds(filters) {
  const files = listEndToEndFiles().filter(
    (file) => filters.length === 0 || filters.some((part) => file.includes(part)),
  );
  const wanted = files.map((file) => ({ file, words: readNeeds(file, readFileSync(join(root, file), "utf8")) }));
  const missing = () => [...new Set(wanted.flatMap(({ words }) => words))].filter((word) => !isPresent(word));
  if (missing().length === 0) return [];

  const obstacle = await installPackages(missing().flatMap((word) => needs[word]?.packages ?? []));
  const stillMissing = missing();
  return wanted.flatMap(({ file, words }) => {
    const lacks = words.filter((word) => stillMissing.includes(word));
    return lacks.length === 0 ? [] : [{ file, reason: `needs ${lacks.map(describeNeed).join(" and ")}; ${obstacle}` }];
  });
}

/**
 * @param {string} file named when a word is unknown
 * @param {string} source
 * @returns {string[]}
 */
export function readNeeds(file, source) {
  const words =
    /^\/\/ needs:(.*)/
      .exec(source)?.[1]
      ?.split(",")
      .map((word) => word.trim()) ?? [];
  const unknown = words.find((word) => !(word in needs));
  if (unknown !== undefined)
    throw new Error(`${file} needs "${unknown}". Known are: ${Object.keys(needs).join(", ")}.`);
  return words;
}

/** @returns {string[]} paths from the project's folder, with forward slashes */
function listEndToEndFiles() {
  if (!existsSync(join(root, endToEndFolder))) return [];
  const found = readdirSync(join(root, endToEndFolder), { recursive: true, encoding: "utf8" });
  return found
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `${endToEndFolder}/${name.replaceAll("\\", "/")}`);
}

/** @param {string} word */
function describeNeed(word) {
  return `${word} (${needs[word]?.packages.join(", ")})`;
}

/** @param {string} word */
function isPresent(word) {
  return needs[word]?.programs.every((names) => names.some(isOnPath)) ?? false;
}

/** @param {string} program */
function isOnPath(program) {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => isExecutable(join(folder, program)));
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string[]} packages
 * @returns {Promise<string>} why a package may still be missing afterwards
 */
async function installPackages(packages) {
  const become = findRootCommand();
  if (!isDebian() || become === undefined) {
    return "only on Debian and Ubuntu, as root or with sudo that asks for no password, is that installed by itself";
  }
  console.error(`Installing ${packages.join(" ")}…`);
  const aptGet = [
    ...become,
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    "-qq",
    "-o",
    "DPkg::Lock::Timeout=300",
    "-o",
    "Acquire::Retries=3",
  ];
  const install = () => succeeds([...aptGet, "install", "--yes", "--no-install-recommends", ...packages]);
  for (let tries = 1; tries <= installTries; tries += 1) {
    // Lists that are old or that came in part may do.
    succeeds([...aptGet, "update"]);
    if (install()) break;
    if (tries < installTries) await sleep(installPauseMs);
  }
  return "apt-get did not install it (see above)";
}

function isDebian() {
  const release = "/etc/os-release";
  return (
    isOnPath("apt-get") &&
    existsSync(release) &&
    /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync(release, "utf8"))
  );
}

/** @returns {string[] | undefined} what to put before a command that must run as root */
function findRootCommand() {
  if (process.getuid?.() === 0) return [];
  return isOnPath("sudo") && spawnSync("sudo", ["-n", "true"]).status === 0 ? ["sudo", "-n"] : undefined;
}

/** Runs a command quietly; what it printed is shown only when it failed. @param {string[]} command */
function succeeds([program = "", ...args]) {
  const { status, output, error } = spawnSync(program, args, { encoding: "utf8", timeout: aptTimeoutMs });
  if (status !== 0) console.error(output?.join("") ?? "", error?.message ?? "");
  return status === 0;
}
