import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createConfigFiles } from "../../src/adapters/config-files/config-files.ts";
import { asQboError } from "../../src/core/errors.ts";
import { useTemporaryFolder } from "./driver.ts";

const makeFolder = useTemporaryFolder();
const isPosix = process.platform !== "win32";

/** A home with a repository in it, and qbo run in a folder of that. */
function openProject({ inside = "home/repository/a/b", uid = process.getuid?.() } = {}) {
  const root = makeFolder();
  const workingFolder = join(root, inside);
  for (const folder of ["home/repository/.git", "home/repository/a/b", "home/loose/a", "elsewhere/a", "machine"])
    mkdirSync(join(root, folder), { recursive: true });
  const warnings: string[] = [];
  const files = createConfigFiles({
    folder: join(root, "home/config"),
    systemPath: join(root, "machine/config.json"),
    place: { workingFolder, home: join(root, "home") },
    uid,
    warn: (text) => warnings.push(text),
  });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode: 0o644 });
    return join(root, path);
  };
  const readProject = async () => (await files.readLayers()).find(({ layer }) => layer === "project");
  const fail = () =>
    files.readLayers().then(
      () => undefined,
      (error: unknown) => asQboError(error),
    );
  return { root, workingFolder, files, warnings, write, readProject, fail };
}

const choose = (connection: string) => JSON.stringify({ connection });

describe("the project's file", () => {
  it.each([
    ["home/repository/a/b", ["home/repository/.qbo.json"], "home/repository/.qbo.json"],
    [
      "home/repository/a/b",
      ["home/repository/.qbo.json", "home/repository/a/.qbo.json"],
      "home/repository/a/.qbo.json",
    ],
    ["home/repository/a/b", ["home/repository/a/b/.qbo.json"], "home/repository/a/b/.qbo.json"],
    ["home/repository/a/b", ["home/.qbo.json"], undefined],
    ["home/repository", ["home/.qbo.json"], undefined],
    ["home/loose/a", ["home/.qbo.json"], "home/.qbo.json"],
    ["home/loose/a", [".qbo.json"], undefined],
    ["home", [".qbo.json"], undefined],
    ["elsewhere/a", ["elsewhere/a/.qbo.json"], "elsewhere/a/.qbo.json"],
    ["elsewhere/a", ["elsewhere/.qbo.json"], undefined],
  ])("in %s with %j is %s", async (inside, paths, expected) => {
    const { root, write, readProject } = openProject({ inside });
    for (const path of paths) write(path, choose(path));
    const found = await readProject();
    expect(found?.path).toBe(expected && join(root, expected));
    expect(found?.config.connection).toBe(expected);
  });

  it("is looked for up to a home that is reached by a link", async () => {
    const { root, write, files } = openProject({ inside: "home/loose/a" });
    write(".qbo.json", choose("above"));
    write("home/.qbo.json", choose("at-home"));
    symlinkSync(join(root, "home"), join(root, "link"), "junction");
    const linked = createConfigFiles({
      folder: join(root, "config"),
      systemPath: join(root, "none"),
      place: { workingFolder: join(root, "home/loose/a"), home: join(root, "link") },
      uid: process.getuid?.(),
      warn: () => undefined,
    });
    expect(await linked.readLayers()).toEqual(await files.readLayers());
    expect(await linked.readLayers()).toHaveLength(1);
  });

  it("is none where the working folder was removed", async () => {
    const root = makeFolder();
    const place = { workingFolder: undefined, home: root };
    const paths = { folder: join(root, "config"), systemPath: join(root, "none") };
    const files = createConfigFiles({ ...paths, place, uid: 0, warn: () => undefined });
    expect(await files.readLayers()).toEqual([]);
  });

  it("stands before the user's and the machine's", async () => {
    const { write, files } = openProject();
    for (const path of ["machine/config.json", "home/config/config.json", "home/repository/.qbo.json"])
      write(path, choose(path));
    expect((await files.readLayers()).map(({ layer }) => layer)).toEqual(["project", "user", "system"]);
  });

  it.runIf(isPosix)("of another user, or open to all, is left aside with one warning", async () => {
    const own = process.getuid?.() ?? 0;
    const { write, files, warnings } = openProject({ uid: own === 0 ? 4242 : own + 1 });
    const path = write("home/repository/.qbo.json", '{ "connection": ["broken"');
    if (own === 0) chownSync(path, 4243, 4243);
    expect(await files.readLayers()).toEqual([]);
    expect(await files.readLayers()).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(`${path} is left aside: it belongs to another user`)]);

    const open = openProject();
    chmodSync(open.write("home/repository/.qbo.json", choose("acme")), 0o666);
    chmodSync(open.write("machine/config.json", choose("acme")), 0o646);
    expect(await open.files.readLayers()).toEqual([]);
    expect(open.warnings).toHaveLength(2);
    expect(open.warnings[0]).toContain("everybody on this machine can write to it");
  });

  it.runIf(isPosix)("that is no ordinary file is left aside, and never waited for", async () => {
    const { root, write, files, warnings } = openProject();
    const path = join(root, "home/repository/.qbo.json");
    symlinkSync(write("home/secret.json", choose("acme")), path);
    expect(await files.readLayers()).toEqual([]);
    const folder = openProject();
    mkdirSync(join(folder.root, "home/repository/.qbo.json"));
    expect(await folder.files.readLayers()).toEqual([]);
    const pipe = openProject();
    execFileSync("mkfifo", [join(pipe.root, "home/repository/.qbo.json")]);
    expect(await pipe.files.readLayers()).toEqual([]);
    expect([warnings, folder.warnings, pipe.warnings].flat().map((text) => text.split("aside: ")[1])).toEqual([
      "it is a symbolic link.",
      "it is not an ordinary file.",
      "it is not an ordinary file.",
    ]);
    await expect(files.set("project", ["connection"], "x")).rejects.toMatchObject({ code: "FILES_UNAVAILABLE" });
  });

  it.runIf(isPosix)("of the user that is a pipe is refused, and never waited for", async () => {
    const { root, fail } = openProject();
    mkdirSync(join(root, "home/config"));
    execFileSync("mkfifo", [join(root, "home/config/config.json")]);
    expect(await fail()).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining("ordinary file") });
  });

  it.each([
    ['{\n  "store": "file"\n}', 2, '"store" cannot stand in a project file'],
    ['{\n  "minValidity": 1\n}', 2, '"minValidity" cannot stand in a project file'],
    ['{\n  "environments": {}\n}', 2, '"environments" cannot stand in a project file'],
    ['{\n  "colour": 1\n}', 2, '"colour" is not a known key'],
    ['{\n  "__proto__": {}\n}', 2, '"__proto__" is not a known key'],
    ['{\n  "constructor": 1\n}', 2, '"constructor" is not a known key'],
    ['{"apps": {\n  "constructor": {}\n}}', 2, '"apps.constructor" cannot be a name'],
    ['{"apps": {\n  "a": {\n  "toString": 1 }\n}}', 3, '"apps.a.toString" is not a known key'],
    ['{"apps": {\n  "a\\u001b[2J": {}\n}}', 2, '"apps.a\\u001b[2J" must be lower-case'],
    ['{\n  "client_secret": "hunter2hunter2"\n}', 2, '"client_secret" is a secret'],
    ['{"apps": {\n  "a": {\n  "REFRESH-TOKEN": "hunter2hunter2" }\n}}', 3, "is a secret"],
    ['{\n "colour": [{\n "Password": "hunter2hunter2" }]\n}', 3, '"colour.0.Password" is a secret'],
    ['{\n  "connection": 5\n}', 2, '"connection" must be a text'],
    ['{\n  "connection": "a",\n}', 3, "not valid JSON"],
    [`{"connection":\n${"[".repeat(30_000)}`, 2, "nested too deeply"],
    [`{"connection":\n${"[".repeat(30_000)}${"]".repeat(30_000)}}`, 2, "nested too deeply"],
  ])("is refused with file, line and key: %j", async (text, line, words) => {
    const { write, fail, files } = openProject();
    const path = write("home/repository/.qbo.json", text);
    const error = await fail();
    expect(error).toMatchObject({ code: "CONFIG_INVALID", exitCode: 3 });
    expect(error?.message).toContain(`The project file ${path} is wrong at line ${line}: `);
    expect(error?.message).toContain(words);
    expect(`${error?.message} ${error?.hint}`).not.toContain("hunter2");
    await expect(files.set("project", ["connection"], "acme")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("takes an app named like a secret for an app", async () => {
    const { write, readProject } = openProject();
    write("home/repository/.qbo.json", '{"apps": {"token": {"clientId": "abc"}}}');
    expect((await readProject())?.config.apps?.["token"]?.clientId).toBe("abc");
  });

  it("is at most 64 KiB large", async () => {
    const { write, fail, readProject } = openProject();
    const pad = (size: number) => choose("acme").padEnd(size, " ");
    write("home/repository/.qbo.json", pad(65_537));
    expect(await fail()).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("larger than 64 KiB"),
    });
    write("home/repository/.qbo.json", pad(65_536));
    expect((await readProject())?.config.connection).toBe("acme");
    write("home/repository/.qbo.json", `{"${'\\"'.repeat(30_000)}`);
    expect((await fail())?.message).toContain("not valid JSON");
  });

  it("holds nothing but choices and clients, or is refused, whatever stands in it", async () => {
    const { write, files } = openProject();
    const keys = fc.constantFrom(
      ..."environment app connection scopes redirectUri apps environments store __proto__ constructor token x".split(
        " ",
      ),
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json(),
      fc.dictionary(keys, fc.jsonValue()).map((value) => JSON.stringify(value)),
      fc.dictionary(keys, fc.dictionary(keys, fc.dictionary(keys, fc.string()))).map((value) => JSON.stringify(value)),
    );
    const allowed = new Set("environment app connection scopes redirectUri apps".split(" "));
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        write("home/repository/.qbo.json", content);
        const outcome = await files.readLayers().then(
          ([file]) => Object.keys(file?.config ?? { none: 1 }).filter((key) => !allowed.has(key)),
          (error: unknown) => asQboError(error)?.code,
        );
        expect([[], "CONFIG_INVALID"]).toContainEqual(outcome);
      }),
      { numRuns: 300 },
    );
  });
});

describe("setting a value", () => {
  it("begins a project's file in the working folder, for all to read", async () => {
    const { workingFolder, files } = openProject();
    const path = await files.set("project", ["connection"], "acme");
    expect(path).toBe(join(workingFolder, ".qbo.json"));
    expect(readFileSync(path, "utf8")).toBe('{\n  "connection": "acme"\n}\n');
    expect(isPosix ? statSync(path).mode & 0o777 : 0o644).toBe(0o644);
  });

  it("changes the project's file that applies", async () => {
    const { write, files } = openProject();
    const path = write("home/repository/.qbo.json", '{ "app":"a",   "connection": "acme" }\n');
    expect(await files.set("project", ["connection"], "beta")).toBe(path);
    expect(readFileSync(path, "utf8")).toBe('{ "app":"a",   "connection": "beta" }\n');
    expect(await files.findLine(path, ["connection"])).toBe(1);
    expect(await files.findLine(path, ["store"])).toBeNull();
  });

  it.each([
    ["project", ["store"], "file"],
    ["user", ["minValidity"], 9999],
    ["user", ["colour"], "red"],
    ["system", ["apps", "a", "clientSecret"], "s"],
  ] as const)("in the %s's file refuses what could not be read back: %j", async (layer, key, value) => {
    const { root, files } = openProject();
    await expect(files.set(layer, key, value)).rejects.toMatchObject({ code: "USAGE" });
    expect(await files.readLayers()).toEqual([]);
    expect(() => statSync(join(root, "machine/config.json"))).toThrow("ENOENT");
  });

  it("leaves a link to the user's file a link", async () => {
    const { root, write, files } = openProject();
    const target = write("home/dotfiles/qbo.json", "{}\n");
    mkdirSync(join(root, "home/config"));
    symlinkSync(target, files.userPath);
    await files.setUser(["connection"], "acme");
    expect(readFileSync(target, "utf8")).toContain("acme");
  });

  it("in the machine's file makes it readable for all", async () => {
    const { root, files } = openProject();
    const path = await files.set("system", ["environment"], "sandbox");
    expect(path).toBe(join(root, "machine/config.json"));
    expect(isPosix ? statSync(path).mode & 0o777 : 0o644).toBe(0o644);
    expect(await files.readLayers()).toMatchObject([{ layer: "system", config: { environment: "sandbox" } }]);
  });
});
