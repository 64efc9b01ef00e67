import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBrowser } from "../../src/adapters/browser.ts";

const url = "https://example.com/authorize?a=1&b=$(touch%20x);echo";
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "qbo-browser-"));
});
afterEach(async () => await rm(folder, { recursive: true }));

/** A program that writes what it was given into a file beside it, and then ends with `exitCode`. */
async function makeProgram(exitCode = 0): Promise<{ path: string; readRecord(): Promise<string> }> {
  const path = join(folder, "browser.mjs");
  const record = join(folder, "record");
  await writeFile(
    path,
    `#!${process.execPath}
import { renameSync, writeFileSync } from "node:fs";
writeFileSync("${record}.new", JSON.stringify({ arguments: process.argv.slice(2), env: process.env }));
renameSync("${record}.new", "${record}");
process.exit(${exitCode});
`,
  );
  await chmod(path, 0o755);
  return { path, readRecord: async () => await pollFile(record) };
}

async function pollFile(path: string): Promise<string> {
  for (let attempt = 0; attempt < 800; attempt += 1) {
    const text = await readFile(path, "utf8").catch(() => "");
    if (text !== "") return text;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${path} was never written`);
}

describe.skipIf(process.platform === "win32")("a program of the user's choice", () => {
  test("gets the address as its only argument, untouched by a shell, and no secrets", async () => {
    const program = await makeProgram();
    const env = {
      ...process.env,
      QBO_BROWSER: program.path,
      BROWSER: "none",
      QBO_CLIENT_SECRET: "client-secret",
      QBO_STORE_KEY: "store-key",
      QBO_ACCESS_TOKEN: "access-token",
      PGPASSWORD: "store-password",
      QBO_ENV: "sandbox",
    };
    const browser = createBrowser({ env, platform: "linux", patienceMs: 10_000 });
    expect(await browser.open(url)).toEqual({ opened: true });
    const text = await program.readRecord();
    expect(JSON.parse(text)).toMatchObject({ arguments: [url], env: { QBO_ENV: "sandbox" } });
    expect(text).not.toContain("client-secret");
    expect(text).not.toContain("store-key");
    expect(text).not.toContain("access-token");
    expect(text).not.toContain("store-password");
  });

  test("may be named by BROWSER", async () => {
    const program = await makeProgram();
    const env = { ...process.env, QBO_BROWSER: "", BROWSER: program.path };
    expect(await createBrowser({ env, platform: "linux" }).open(url)).toEqual({ opened: true });
    expect(JSON.parse(await program.readRecord())).toMatchObject({ arguments: [url] });
  });

  test("that fails at once, is missing or cannot be run is told", async () => {
    const failing = await makeProgram(3);
    const lame = join(folder, "lame");
    await writeFile(lame, "");
    const cases = [
      [failing.path, "the browser's launcher ended with 3"],
      [join(folder, "missing"), "the browser's program was not found"],
      [lame, "the browser's program may not be run"],
      ["nul\u0000byte", expect.stringContaining("could not be started")],
    ] as const;
    for (const [path, reason] of cases) {
      const browser = createBrowser({
        env: { ...process.env, QBO_BROWSER: path },
        platform: "linux",
        patienceMs: 10_000,
      });
      expect(await browser.open(url)).toEqual({ opened: false, reason });
    }
  });

  test("that goes on running counts as opened", async () => {
    const path = join(folder, "running.sh");
    await writeFile(path, "#!/bin/sh\nexec sleep 2\n");
    await chmod(path, 0o755);
    const browser = createBrowser({ env: { ...process.env, QBO_BROWSER: path }, platform: "linux", patienceMs: 50 });
    expect(await browser.open(url)).toEqual({ opened: true });
  });
});

test("none means none", async () => {
  expect(await createBrowser({ env: { QBO_BROWSER: "none" }, platform: "linux" }).open(url)).toEqual({
    opened: false,
    reason: "QBO_BROWSER is none",
  });
  expect(await createBrowser({ env: { BROWSER: "none" }, platform: "darwin" }).open(url)).toEqual({
    opened: false,
    reason: "BROWSER is none",
  });
});

test("without a graphical session nothing is tried", async () => {
  const outcome = await createBrowser({ env: {}, platform: "linux" }).open(url);
  expect(outcome).toEqual({ opened: false, reason: "there is no graphical session" });
});

test.each(["file:///etc/passwd", "javascript:alert(1)", "calc.exe", ""])("%s is not opened", async (address) => {
  const outcome = await createBrowser({ env: { QBO_BROWSER: "true" }, platform: "linux" }).open(address);
  expect(outcome).toEqual({ opened: false, reason: "only http and https addresses are opened" });
});

describe.skipIf(process.platform !== "linux")("the system's browser", () => {
  const before = { ...process.env };
  const changed = ["BROWSER", "DISPLAY", "QBO_CLIENT_SECRET", "XDG_DATA_DIRS", "XDG_DATA_HOME", "XDG_CONFIG_HOME"];
  afterEach(() => {
    for (const name of changed) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  test("is started without secrets, and they are there again afterwards", async () => {
    const program = await makeProgram();
    // Where no desktop and no installed browser is known, the launcher falls back to the program in BROWSER.
    const nowhere = { XDG_DATA_DIRS: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    Object.assign(process.env, nowhere, {
      BROWSER: program.path,
      DISPLAY: ":none",
      QBO_CLIENT_SECRET: "client-secret",
    });
    const browser = createBrowser({ env: { DISPLAY: ":none" }, platform: "linux", patienceMs: 10_000 });
    expect(await browser.open(url)).toEqual({ opened: true });
    const text = await program.readRecord();
    expect(JSON.parse(text)).toMatchObject({ arguments: [url] });
    expect(text).not.toContain("client-secret");
    expect(process.env.QBO_CLIENT_SECRET).toBe("client-secret");
  });
});
