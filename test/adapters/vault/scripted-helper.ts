import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A credential helper made of a few lines of shell, in a folder of its own. */
export interface ScriptedHelper {
  /** Its folder, for PATH. */
  folder: string;
  /** The value of PATH in which it is found. */
  path: string;
  /** What it was called with, one line for each call: its arguments; and the environment of the latest. */
  calls(): string[];
  environment(): string;
  /** What it does from now on; lines of shell, with $1, $file (of the entry) and $input. */
  behave(lines: string): void;
}

/** Keeps each entry in a file and speaks the protocol as it should. */
export const wellBehaved = `case "$1" in
  store) printf %s "$input" > "$file" ;;
  get) if [ -f "$file" ]; then cat "$file"; else echo "credentials not found in native keychain"; exit 1; fi ;;
  erase) rm -f "$file" ;;
esac`;

/** Installs `docker-credential-<name>`, which is removed when the test ends. */
export function installHelper(name: string, lines = wellBehaved): ScriptedHelper {
  const folder = mkdtempSync(join(tmpdir(), "qbo-helper-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "entries"));
  const [program, log, environment] = [
    join(folder, `docker-credential-${name}`),
    join(folder, "log"),
    join(folder, "env"),
  ];
  const behave = (body: string) => {
    const preface = `#!/bin/sh
echo "$*" >> '${log}'
env > '${environment}'
input=$(cat)
url=$input
if [ "$1" = store ]; then url=$(printf %s "$input" | sed 's/.*"ServerURL":"\\([^"]*\\)".*/\\1/'); fi
file='${folder}'/entries/$(printf %s "$url" | tr '/:' '__')
`;
    writeFileSync(program, `${preface}${body}\n`);
    chmodSync(program, 0o755);
  };
  behave(lines);
  return {
    folder,
    path: `${folder}:/usr/bin:/bin`,
    calls: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []),
    environment: () => readFileSync(environment, "utf8"),
    behave,
  };
}
