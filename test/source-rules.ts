import { posix } from "node:path";

/** A file of the project: its path from the project's folder, with forward slashes, and its text. */
export interface SourceFile {
  path: string;
  text: string;
}

/** Looks at all files and answers a sentence per violation. */
export type SourceRule = (files: readonly SourceFile[]) => string[];

interface Import {
  from: string;
  to: string;
}

/** The floors of docs/ARCHITECTURE.md. The library stands beside `main`; the emulator is a house of its own. */
const floors: Readonly<Record<string, number>> = {
  "main.ts": 6,
  "main-token.ts": 6,
  "main-status.ts": 6,
  "library.ts": 6,
  library: 6,
  demo: 5,
  process: 5,
  cli: 4,
  commands: 3,
  flows: 2,
  adapters: 2,
  oauth: 1,
  intuit: 1,
  core: 0,
};
/** Pairs on one floor that do not know each other. */
const strangers = new Set([
  "flows > adapters",
  "adapters > flows",
  "oauth > intuit",
  "demo > process",
  "process > demo",
  "main.ts > library",
  "main-token.ts > library",
  "main-status.ts > library",
  "library > main.ts",
  "library > commands",
  "library > demo",
]);
const sharedInRoom: Readonly<Record<string, string[]>> = {
  adapters: ["durable-file"],
  commands: ["kit"],
};
const emulatorGuests = ["src/commands/emulator.ts", "src/demo/"];
const maximumLines = 250;
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const vagueName = /^(utils?|helpers|common|shared|types|index|misc|lib)$/;

export const importsGoDown: SourceRule = (files) =>
  listImports(files)
    .filter(({ from, to }) => !isEmulator(from) && !isEmulator(to) && floorOf(to) > floorOf(from))
    .map(({ from, to }) => `${from} imports ${to} from a floor above`);

export const flowsAndAdaptersAreStrangers: SourceRule = (files) =>
  listImports(files)
    .filter(({ from, to }) => strangers.has(`${houseOf(from)} > ${houseOf(to)}`))
    .map(({ from, to }) => `${from} imports ${to}, which it must not know`);

export const roomsDoNotImportEachOther: SourceRule = (files) =>
  listImports(files)
    .filter(({ from, to }) => houseOf(from) === houseOf(to) && roomOf(from) !== roomOf(to))
    .filter(({ to }) => !(sharedInRoom[houseOf(to)] ?? [roomOf(to)]).includes(roomOf(to)))
    .map(({ from, to }) => `${from} imports ${to} sideways`);

/** A folder in a house counts as one: to know a part of it is to know it. */
export const nobodyImportsInCircles: SourceRule = (files) => {
  const known = new Map<string, Set<string>>();
  for (const { from, to } of listImports(files).filter(({ to: path }) => path.startsWith("src/"))) {
    const [one, other] = [placeOf(from), placeOf(to)];
    if (one !== other || from === to) known.set(one, (known.get(one) ?? new Set()).add(other));
  }
  const reach = (start: string) => {
    const reached = new Set<string>();
    const waiting = [start];
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop())
      for (const next of known.get(place) ?? []) if (reached.size < reached.add(next).size) waiting.push(next);
    return reached;
  };
  return [...known.keys()].filter((place) => reach(place).has(place)).map((place) => `${place} is part of a circle`);
};

export const emulatorStandsAlone: SourceRule = (files) =>
  listImports(files)
    .filter(({ from, to }) => isEmulator(from) !== isEmulator(to))
    .filter(({ from }) => !emulatorGuests.some((guest) => from.startsWith(guest)))
    .map(({ from, to }) => `${from} imports ${to} across the emulator's wall`);

export const demoIsOpenedByMain: SourceRule = (files) =>
  listImports(files)
    .filter(({ from, to }) => houseOf(to) === "demo" && houseOf(from) !== "demo" && from !== "src/main.ts")
    .map(({ from, to }) => `${from} imports ${to}; only src/main.ts may`);

export const filesAreShort: SourceRule = (files) =>
  files
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > maximumLines)
    .map(({ path, lines }) => `${path} has ${lines} lines; ${maximumLines} at most`);

export const namesAreKebabCase: SourceRule = (files) =>
  files
    .filter(({ path }) => !namesIn(path).every((name) => kebabCase.test(name)))
    .map(({ path }) => `${path} is not in kebab-case`);

export const namesSayWhatIsInside: SourceRule = (files) =>
  files
    .filter(({ path }) => namesIn(path).some((name) => vagueName.test(name)))
    .map(({ path }) => `${path} has a name that says nothing`);

/** The paths of the files whose code, comments aside, matches. */
export function findUsers(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.filter(({ text }) => pattern.test(withoutComments(text))).map(({ path }) => path);
}

function listImports(files: readonly SourceFile[]): Import[] {
  return files.flatMap(({ path, text }) => {
    const found = withoutComments(text).matchAll(/\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g);
    const specifiers = new Set([...found].map(([, specifier = ""]) => specifier));
    return [...specifiers].map((specifier) => ({ from: path, to: posix.join(posix.dirname(path), specifier) }));
  });
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");
}

/** `adapters` of `src/adapters/vault/file.ts`; `main.ts` of `src/main.ts`. */
function houseOf(path: string): string {
  return path.split("/")[1] ?? path;
}

/** `vault` of `src/adapters/vault/file.ts`; `clock` of `src/adapters/clock.ts`. */
function roomOf(path: string): string {
  return (path.split("/")[2] ?? "").replace(/\.ts$/, "");
}

/** `src/adapters/vault` of `src/adapters/vault/file.ts`; a file that lies in no such folder is a place of its own. */
function placeOf(path: string): string {
  const names = path.split("/");
  return names.length > 3 ? names.slice(0, 3).join("/") : path;
}

/** Whatever has no floor, a package.json say, is below all of them; a new folder in src has to be given one. */
function floorOf(path: string): number {
  if (!path.startsWith("src/")) return -1;
  return floors[houseOf(path)] ?? Number.POSITIVE_INFINITY;
}

function isEmulator(path: string): boolean {
  return houseOf(path) === "emulator";
}

function namesIn(path: string): string[] {
  return path.split("/").map((name) => name.replace(/(\.test)?\.(ts|mjs|js)$/, ""));
}
