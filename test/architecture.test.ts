import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { SourceFile, SourceRule } from "./source-rules.ts";
import * as rules from "./source-rules.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const project = listProjectFiles();
const sources = project.filter(({ path }) => path.startsWith("src/"));
const code = project.filter(({ path }) => /^(src|bin|scripts|test)\/.*\.(ts|mjs|js)$/.test(path));
const program = code.filter(({ path }) => !path.startsWith("test/"));
const tests = code.filter(({ path }) => path.startsWith("test/"));

const shape: [name: string, rule: SourceRule, files: SourceFile[], planted: SourceFile][] = [
  ["imports go down", rules.importsGoDown, sources, plant("src/core/a.ts", 'import { b } from "../oauth/b.ts";')],
  [
    "flows and adapters meet in main only",
    rules.flowsAndAdaptersAreStrangers,
    sources,
    plant("src/flows/a.ts", 'import type { B } from "../adapters/b.ts";'),
  ],
  [
    "the library uses the flows, not the commands",
    rules.flowsAndAdaptersAreStrangers,
    sources,
    plant("src/library/a.ts", 'import { b } from "../commands/token.ts";'),
  ],
  [
    "adapters do not import each other",
    rules.roomsDoNotImportEachOther,
    sources,
    plant("src/adapters/vault/a.ts", 'export { b } from "../http/b.ts";'),
  ],
  [
    "commands do not import each other",
    rules.roomsDoNotImportEachOther,
    sources,
    plant("src/commands/login.ts", 'const { b } = await import("./token.ts");'),
  ],
  [
    "the emulator imports nothing from the floors",
    rules.emulatorStandsAlone,
    sources,
    plant("src/emulator/a.ts", 'import "../core/b.ts";'),
  ],
  [
    "the emulator is opened by its command and the demo only",
    rules.emulatorStandsAlone,
    sources,
    plant("src/commands/login.ts", 'import { b } from "../emulator/b.ts";'),
  ],
  [
    "the demo is opened by main only",
    rules.demoIsOpenedByMain,
    sources,
    plant("src/cli/a.ts", 'import "../demo/b.ts"'),
  ],
  ["a folder in src has a floor", rules.importsGoDown, sources, plant("src/main.ts", 'import "./attic/b.ts"')],
  [
    "nobody imports in circles",
    rules.nobodyImportsInCircles,
    sources,
    plant("src/flows/a.ts", 'import { a } from "./a.ts";'),
  ],
  [
    "no file is longer than 250 lines",
    rules.filesAreShort,
    program,
    plant("src/core/a.ts", "\n".repeat(250) + "end\n"),
  ],
  ["files are in kebab-case", rules.namesAreKebabCase, code, plant("src/core/realmId.ts", "")],
  ["no name is vague", rules.namesSayWhatIsInside, code, plant("src/adapters/utils/a.ts", "")],
];

describe.each(shape)("%s", (_name, rule, files, planted) => {
  it("holds", () => expect(rule(files)).toEqual([]));
  it("is noticed when it does not", () => expect(rule([planted])).toHaveLength(1));
});

/** Who may do what only few should. A file that joins one of these lists is worth a second look. */
const users: [what: string, pattern: RegExp, planted: string, files: SourceFile[], allowed: string[]][] = [
  [
    "reveals a secret",
    /\breveal\(/,
    "secret.reveal()",
    sources,
    [
      "src/adapters/postgres/address.ts",
      "src/adapters/postgres/credential-store.ts",
      "src/adapters/vault/helper-entry.ts",
      "src/adapters/vault/key-material.ts",
      "src/adapters/vault/key-places.ts",
      "src/adapters/vault/keychain.ts",
      "src/adapters/vault/sealed-record.ts",
      "src/adapters/vault/storable.ts",
      "src/commands/import.ts",
      "src/commands/kit/passphrase.ts",
      "src/commands/kit/refresh-lines.ts",
      "src/commands/kit/token-variables.ts",
      "src/commands/token.ts",
      "src/core/fingerprint.ts",
      "src/core/sealed-by-token.ts",
      "src/core/secret.ts",
      "src/core/token-record.ts",
      "src/flows/export/export-document.ts",
      "src/flows/export/export.ts",
      "src/flows/export/passphrase-seal.ts",
      "src/flows/hand-out-token.ts",
      "src/flows/refresh/rescue-consented.ts",
      "src/flows/refresh/save-renewed.ts",
      "src/flows/store/vault-credential-store.ts",
      "src/oauth/client.ts",
      "src/oauth/id-token.ts",
      "src/oauth/revocation.ts",
      "src/oauth/token-request.ts",
    ],
  ],
  [
    "reads the time",
    /\bDate\.now\(|\bnew Date\(\s*\)|\bperformance\.now\(|\bhrtime\b/,
    "const now = new Date();",
    sources,
    [
      "src/adapters/clock.ts",
      "src/adapters/http/http.ts",
      "src/emulator/respond.ts",
      "src/emulator/serve.ts",
      "src/emulator/state/clock.ts",
    ],
  ],
  [
    "waits by a timer",
    /\bset(Timeout|Interval)\b/,
    "setTimeout(next, 10);",
    sources,
    [
      "src/adapters/browser.ts",
      "src/adapters/clock.ts",
      "src/adapters/http/exchange.ts",
      "src/adapters/lock/lock.ts",
      "src/adapters/vault/deadline.ts",
      "src/adapters/vault/keychain-probe.ts",
      "src/emulator/process-request.ts",
      "src/flows/relay/relay-script.ts",
    ],
  ],
  [
    "touches the process's environment or streams",
    /\bprocess\.(env|argv|stdin|stdout|stderr|exitCode)\b/,
    "process.stdout.write(text);",
    sources,
    [
      "src/adapters/browser.ts",
      "src/adapters/vault/keychain-probe.ts",
      "src/demo/demo.ts",
      "src/demo/program.ts",
      "src/library/library-world.ts",
      "src/main-status.ts",
      "src/main-token.ts",
      "src/main.ts",
      "src/process/complete.ts",
      "src/process/machine.ts",
      "src/process/outputs.ts",
      "src/process/rare-doors.ts",
      "src/process/start.ts",
      "src/process/stores.ts",
      "src/process/world.ts",
    ],
  ],
  ["uses the console", /\bconsole\./, "console.log(1)", sources, []],
  ["ends the process", /\bprocess\.exit\(/, "process.exit(1)", sources, ["src/process/start.ts"]],
  // The package has no such folder: a message says itself what to do, or names a topic of qbo help.
  ["names a page of docs/", /\bdocs\//, 'const hint = "See docs/team-store.md.";', sources, []],
  ["draws weak randomness", /\bMath\.random\(/, "Math.random()", sources, []],
  ["mocks a module", /\bvi\s*\.(do)?mock\(/i, ["vi", "mock('x')"].join("."), tests, []],
];

describe.each(users)("only listed code %s", (_what, pattern, planted, files, allowed) => {
  it("holds", () => expect(rules.findUsers(files, pattern)).toEqual(allowed));
  it("is noticed when it does not", () => {
    const [found, remark] = [plant("src/a.ts", planted), plant("src/b.ts", `// ${planted}\n/* ${planted} */`)];
    expect(rules.findUsers([found, remark], pattern)).toEqual(["src/a.ts"]);
  });
});

describe("every text file", () => {
  const machinePath = /(?<![\w.~])\/(root|work)\/|[A-Z]:\\Users\\/;
  const registry = /\bregistry\.(npmjs|yarnpkg)\.|\b(unpkg|jsdelivr)\.|\b(deb|ftp)\.debian\.org/;
  const find = (files: SourceFile[], pattern: RegExp) =>
    files.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

  it("is free of paths of one machine", () => expect(find(project, machinePath)).toEqual([]));
  it("is free of registry addresses, but for the one that tells of a newer version", () =>
    expect(find(project, registry)).toEqual(["src/adapters/updates/registry.ts"]));
  it("would be found otherwise", () => {
    const path = plant("a.md", ["see ", "root", "x"].join("/"));
    const address = plant("b.md", ["https://registry", "npmjs", "org"].join("."));
    expect([find([path, address], machinePath), find([path, address], registry)]).toEqual([["a.md"], ["b.md"]]);
  });
});

describe("package-lock.json", () => {
  const text = readFileSync(`${root}/package-lock.json`, "utf8");

  it("names no place to download from", () => expect(text).not.toContain('"resolved"'));

  // `npm ci` refuses a lock without them, and on another platform they would be the ones that are needed.
  it("holds the binaries of every platform", () => {
    const { packages }: { packages: Record<string, { optionalDependencies?: object }> } = JSON.parse(text);
    const locked = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, "")));
    const wanted = Object.values(packages).flatMap((each) => Object.keys(each.optionalDependencies ?? {}));
    expect(wanted.filter((name) => !locked.has(name))).toEqual([]);
  });
});

/** All text files of the project that git tracks, or would when asked to add everything. */
function listProjectFiles(): SourceFile[] {
  const words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const paths = execFileSync("git", words, { cwd: root, encoding: "utf8" }).split("\0");
  const isText = (path: string) => path !== "" && !/\.(png|ico|jpg)$/.test(path);
  return paths.filter(isText).toSorted().flatMap(readProjectFile);
}

/** A file may be deleted and still be tracked. */
function readProjectFile(path: string): SourceFile[] {
  try {
    return [{ path, text: readFileSync(`${root}/${path}`, "utf8") }];
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function plant(path: string, text: string): SourceFile {
  return { path, text };
}
