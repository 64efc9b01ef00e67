import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { execFileSync, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { closePath, listExposedPaths, replaceNamedFile, writeNewFile } from "../../src/adapters/private-files.ts";

function makeFolders() {
  const folder = mkdtempSync(join(tmpdir(), "qbo-private-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [state, config] = [join(folder, "state"), join(folder, "config")];
  for (const path of [state, config, join(state, "secrets")]) mkdirSync(path, { mode: 0o700 });
  const write = (path: string, mode: number) => {
    writeFileSync(join(folder, path), "x");
    chmodSync(join(folder, path), mode);
    return join(folder, path);
  };
  return { folder, state, config, write };
}

describe("what others may read or change", () => {
  it("is everything but what the owner alone may use, inside the state folder", () => {
    const { state, config, write } = makeFolders();
    write("state/secrets/closed", 0o600);
    const open = write("state/secrets/open", 0o640);
    expect(listExposedPaths({ state, config, platform: "linux" })).toEqual([{ path: open, mode: 0o640 }]);
    closePath(open);
    expect(statSync(open).mode & 0o777).toBe(0o600);
    expect(listExposedPaths({ state, config, platform: "linux" })).toEqual([]);
  });

  it("may be read, but not changed, in the configuration and at the top", () => {
    const { state, config, write } = makeFolders();
    chmodSync(state, 0o755);
    write("config/config.json", 0o644);
    expect(listExposedPaths({ state, config, platform: "linux" })).toEqual([]);
    const path = write("config/other.json", 0o664);
    expect(listExposedPaths({ state, config, platform: "linux" })).toEqual([{ path, mode: 0o664 }]);
  });

  it.skipIf(process.platform === "win32")("does not reach through a symbolic link", () => {
    const { folder, state, config, write } = makeFolders();
    const foreign = write("foreign", 0o644);
    symlinkSync(foreign, join(state, "link"));
    expect(listExposedPaths({ state, config, platform: "linux" })).toEqual([]);
    expect(() => closePath(join(state, "link"))).toThrow(/symbolic links/);
    expect(statSync(foreign).mode & 0o777).toBe(0o644);

    const linked = join(folder, "linked");
    symlinkSync(state, linked);
    chmodSync(state, 0o777);
    expect(listExposedPaths({ state: linked, config, platform: "linux" })).toEqual([
      { path: realpathSync(state), mode: 0o777 },
    ]);
  });

  it("is not told by permission bits on Windows, and nothing is exposed where nothing is", () => {
    const { state, config, folder, write } = makeFolders();
    write("state/open", 0o666);
    expect(listExposedPaths({ state, config, platform: "win32" })).toEqual([]);
    const none = join(folder, "none");
    expect(listExposedPaths({ state: none, config: none, platform: "linux" })).toEqual([]);
  });
});

describe("a new file", () => {
  it("is its owner's alone unless it is to be published, and never written over another", async () => {
    const { folder } = makeFolders();
    const path = join(folder, "report.json");
    await writeNewFile(path, "first");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(writeNewFile(path, "second")).rejects.toMatchObject({ code: "USAGE" });
    expect(readFileSync(path, "utf8")).toBe("first");
    const page = join(folder, "page.html");
    await writeNewFile(page, "for a web server", { isPublic: true });
    expect(statSync(page).mode & 0o777).toBe(0o644);
    await expect(writeNewFile(join(path, "below"), "x")).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe.skipIf(process.platform === "win32")("a named file that is replaced", () => {
  it("is the one that a symbolic link leads to, and the link stays", async () => {
    const { folder, write } = makeFolders();
    const file = write("state/report.html", 0o644);
    const link = join(folder, "latest.html");
    symlinkSync(file, link);
    await replaceNamedFile(link, "new");
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("may be a pipe, which is written to and stays one", async () => {
    const pipe = join(makeFolders().folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const reader = spawn("cat", [pipe], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void reader.kill());
    await replaceNamedFile(pipe, "for the reader");
    expect(statSync(pipe).isFIFO()).toBe(true);
    expect(await text(reader.stdout)).toBe("for the reader");
  });

  it("may not be a folder", async () => {
    const { state } = makeFolders();
    await expect(replaceNamedFile(state, "new")).rejects.toMatchObject({ code: "FILES_UNAVAILABLE" });
  });
});
