// needs: tmux
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { control, start } from "../emulator/emulator-client.ts";
import { fromNow, seed } from "./connections.ts";
import { assertNoStackTrace, createHome, program, readAnswer, runQbo } from "./qbo-process.ts";
import type { RunOptions } from "./qbo-process.ts";
import { browse, consent, registerRedirect } from "./sign-in.ts";
import type { LoginOptions } from "./sign-in.ts";
import { findWrapped, openProgram, openTerminal } from "./terminal.ts";

async function setScene(): Promise<LoginOptions> {
  return { home: createHome(), emulator: await start() };
}

async function readStates(options: RunOptions): Promise<string[]> {
  const { connections } = readAnswer<{ connections: { state: string }[] }>(await runQbo(["status", "--json"], options));
  return connections.map(({ state }) => state);
}

describe("questions", () => {
  test("a first login asks for environment, client ID and secret, which is never shown", async () => {
    const scene = await setScene();
    const { redirectUri } = await registerRedirect(scene.emulator, "https");
    const options = { ...scene, env: { QBO_REDIRECT_URI: redirectUri } };
    const terminal = await openTerminal(["login"], { ...options, rows: 40 });
    await terminal.waitFor(/Which environment\?[^]*▸ sandbox[^]*production[^]*emulator/);
    await terminal.press("Enter");
    await terminal.waitFor(/Client ID/);
    await terminal.type("a b");
    await terminal.press("Enter");
    await terminal.waitFor(/made of letters and digits/);
    await terminal.press("BSpace", "BSpace", "BSpace");
    await terminal.type("ABc123");
    await terminal.press("Enter");
    await terminal.waitFor(/Client secret \(not shown\)/);
    await terminal.type("do-not-show-me");
    await terminal.press("Enter");
    await terminal.waitFor(/Kept as the app sandbox/);
    await terminal.waitFor(/environment sandbox/);
    await terminal.press("C-c");
    await terminal.end();
    const screen = await terminal.read();
    expect(screen).toMatch(new RegExp(`register this redirect URI[^]*\n {7}${redirectUri}\n`));
    expect(screen).toContain("https://developer.intuit.com/");
    expect(screen).not.toMatch(/do-not|show-me|\*/);
    assertNoStackTrace({ stdout: screen, stderr: "" });
    const config = readFileSync(join(options.home.config, "config.json"), "utf8");
    expect(config).toContain("ABc123");
    expect(config).not.toContain("do-not-show-me");
  });

  test("Ctrl-C at a question ends with 130, and nothing was changed", async () => {
    const options = await setScene();
    const terminal = await openTerminal(["login"], options);
    await terminal.waitFor(/Which environment\?/);
    await terminal.press("C-c");
    expect(await terminal.end()).toBe(130);
    const screen = await terminal.read();
    expect(screen).toContain("nothing was changed");
    assertNoStackTrace({ stdout: screen, stderr: "" });
  });

  test.each([
    ["n", 130, "ready"],
    ["y", 0, "disconnected"],
  ])("revoke asks; %s is an answer", async (key, exitCode, state) => {
    const options = await setScene();
    const [connection] = await seed(options);
    const terminal = await openTerminal(["revoke"], options);
    await terminal.waitFor(/may lose access, too[^]*Revoke c1 .*\(y\/N\)/);
    await terminal.type(key);
    expect(await terminal.end()).toBe(exitCode);
    expect(await terminal.read()).toContain(connection?.companyName);
    expect(await readStates(options)).toEqual([state]);
  });

  test("several connections fit: the person chooses", async () => {
    const options = await setScene();
    const [, second] = await seed(options, 3);
    const terminal = await openTerminal(["companyinfo"], options);
    await terminal.waitFor(/Which connection\?[^]*▸ c1 .*[^]*c2 .*[^]*c3 /);
    await terminal.press("Down", "Enter");
    expect(await terminal.end()).toBe(0);
    expect(await terminal.read()).toContain(second?.realmId);
  });

  test.each([
    ["--no-input", ["--no-input"], {}],
    ["CI", [], { CI: "1" }],
    ["QBO_NO_INPUT", [], { QBO_NO_INPUT: "1" }],
  ])("with %s nobody is asked, and nothing moves", async (_, more, env) => {
    const options = { ...(await setScene()), env };
    await seed(options, 2);
    for (const [command, exitCode] of [["companyinfo", 2] as const, ["login", 2] as const]) {
      const terminal = await openTerminal([command, ...more], options);
      expect(await terminal.end()).toBe(exitCode);
      expect(await terminal.read()).not.toMatch(/\?|[⠋⠙⠹⠸]/);
    }
    const revoke = await openTerminal(["revoke", "c1", ...more], options);
    expect(await revoke.end()).toBe(2);
    expect(await revoke.read()).toContain("--yes");
  });

  test.each([
    ["LANG=C.UTF-8", "token", true],
    ["NO_COLOR=1", "token", false],
    ["TERM=dumb", "token", false],
    ["LANG=C.UTF-8", "token --no-color", false],
  ])("with %s, the question of qbo %s has colour: %j", async (variable, words, hasColor) => {
    const scene = await setScene();
    await seed(scene, 2);
    const terminal = await openProgram(["env", variable, process.execPath, program, ...words.split(" ")], scene);
    await terminal.waitFor(/c2/);
    // eslint-disable-next-line no-control-regex
    expect(/\u001b\[[0-9;]*m/.test(await terminal.readColored())).toBe(hasColor);
    await terminal.press("C-c");
    await terminal.end();
  });
});

describe("what is on the screen", () => {
  test("a sign-in: the address in one piece, a spinner while it waits, and none afterwards", async () => {
    const scene = await setScene();
    const { redirectUri } = await registerRedirect(scene.emulator);
    const options = { ...scene, env: { QBO_REDIRECT_URI: redirectUri } };
    const terminal = await openTerminal(["login", "--env", "emulator"], { ...options, rows: 40 });
    await terminal.waitFor(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Waiting for consent/);
    const [, authorizationUrl = ""] = await terminal.waitFor(/^ {2}(http\S+\/connect\/oauth2\S+)$/m);
    await browse(await consent({ authorizationUrl }));
    expect(await terminal.end()).toBe(0);
    const screen = await terminal.read();
    expect(screen).toMatch(/✓ Connected Copperleaf Garden Works\n.*● ready\n/);
    expect(screen).not.toMatch(/Waiting|[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
  });

  const widths = [80, 40];
  const dresses: [name: string, env: Record<string, string>, hasColor: boolean][] = [
    ["colour", {}, true],
    ["NO_COLOR", { NO_COLOR: "1" }, false],
  ];
  const cases = widths.flatMap((columns) => dresses.map(([name, env, hasColor]) => ({ columns, name, env, hasColor })));

  test.each(cases)("status in full at $columns columns, $name", async ({ columns, env, hasColor }) => {
    const options = { ...(await setScene()), env };
    await seed(options, 1, { name: "a-connection-with-a-rather-long-name-1" });
    await seed(options, 1, { refreshTokenExpiresAt: fromNow(86_400 * 5) });
    readAnswer(await runQbo(["revoke", "c2", "--yes", "--json"], options));
    await seed(options, 1, { refreshTokenExpiresAt: fromNow(-60), accessTokenExpiresAt: fromNow(-60) });
    const terminal = await openTerminal(["status"], { ...options, columns, rows: 60 });
    expect(await terminal.end()).toBe(0);
    const screen = await terminal.read();
    expect(findWrapped(screen, columns)).toEqual([]);
    expect(screen.match(/^ {2}(access token|refresh token|consent) +[━─]{8,20} \S/gm)).toHaveLength(6);
    expect(screen).toContain("● reconnect");
    expect((await terminal.readColored()).includes("\u001b[")).toBe(hasColor);
  });

  test.each(widths)("status as a table at %s columns, with bars where there is room", async (columns) => {
    const options = await setScene();
    await seed(options, 6);
    await seed(options, 2, { refreshTokenExpiresAt: fromNow(86_400 * 5) });
    const terminal = await openTerminal(["status"], { ...options, columns });
    expect(await terminal.end()).toBe(0);
    const screen = await terminal.read();
    expect(findWrapped(screen, columns)).toEqual([]);
    expect(screen.match(/^c\d +(ready|expiring) /gm)).toHaveLength(8);
    expect(screen.match(/[━─]{8}/g) ?? []).toHaveLength(columns === 80 ? 8 : 0);
    expect(screen.replaceAll(/\s+/g, " ")).toContain("8 connections (emulator): 6 ready, 2 expiring");
  });

  test.each(widths)("errors and hints break between words at %s columns", async (columns) => {
    const options = await setScene();
    const terminal = await openTerminal(["login", "--env", "production"], { ...options, columns, rows: 40 });
    await terminal.waitFor(/Client ID/);
    await terminal.press("C-c");
    await terminal.end();
    const wrapped = findWrapped(await terminal.read(), columns);
    expect(wrapped.filter((line) => !line.includes("https://"))).toEqual([]);
  });

  test("a token is printed in one piece, also where it could stand alone on the next line", async () => {
    const options = await setScene();
    await control(options.emulator, "policy", { accessTokenLength: 200 });
    const [connection] = await seed(options);
    const terminal = await openTerminal(["token", "--format", "header"], { ...options, columns: 210 });
    expect(await terminal.end()).toBe(0);
    expect(await terminal.read()).toContain(`Authorization: Bearer ${connection?.accessToken}`);
  });
});
