// needs: tmux
import { describe, expect, test } from "vitest";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { start } from "../emulator/emulator-client.ts";
import { fromNow, seed } from "./connections.ts";
import { createHome, program } from "./qbo-process.ts";
import { registerRedirect } from "./sign-in.ts";
import { findWrapped, openProgram, openTerminal, type TerminalOptions } from "./terminal.ts";

const spinner = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/;

type Scene = TerminalOptions & { emulator: Emulator };

async function setScene(columns: number): Promise<Scene> {
  return { home: createHome(), emulator: await start(), columns, rows: 600 };
}

/** Lines that the terminal had to cut, but for what is one piece however long: an address, a path, a fingerprint, a command to copy. */
function findTorn(screen: string, columns: number): string[] {
  return findWrapped(screen, columns).filter((line) => !/https?:\/\/|^\s*\/|qbo-e2e-/.test(line));
}

/** Runs one after the other at one terminal, and answers what is on it in the end. */
async function runAll(scene: Scene, all: readonly string[]): Promise<string> {
  const lines = all.map((words) => `"${process.execPath}" "${program}" ${words}`);
  const terminal = await openProgram(["sh", "-c", `cd "$HOME"; ${lines.join("; ")}`], scene);
  await terminal.end();
  return terminal.read();
}

describe.each([
  { columns: 80, env: {} },
  { columns: 40, env: { NO_COLOR: "1" } },
])("at $columns columns no line is cut", ({ columns, env }) => {
  test("in what commands say", async () => {
    const scene = { ...(await setScene(columns)), env };
    await seed(scene, 2, { refreshTokenExpiresAt: fromNow(86_400 * 5) });
    await seed(scene, 1, { name: "a-connection-with-a-rather-long-name-1" });
    const about = ["whoami c1", "companyinfo c1", "refresh --all", "doctor c1", "history", "revoke c2 --yes"];
    const here = [
      "report --output a-page-for-the-weekly-mail.html",
      "config list",
      "store status",
      "certs status",
      "app list",
      "token gone",
      "stat",
      "help json",
      "--help",
    ];
    const screen = await runAll(scene, ["status", ...about, ...here]);
    expect(screen).toContain("c1 is healthy");
    expect(screen).toContain("qbo signs QuickBooks");
    expect(screen).not.toMatch(spinner);
    expect(findTorn(screen, columns)).toEqual([]);
  });

  test.each([
    ["login", /Which environment/],
    ["token", /Which connection/],
    ["revoke --all", /Revoke 2/],
    ["revoke c1", /Revoke c1/],
    ["login --env production", /Client ID/],
  ])("in what %s asks", async (words, question) => {
    const scene = { ...(await setScene(columns)), env };
    await seed(scene, 2, { companyName: "Hollow Lantern Bicycle Hire and Upholstery" });
    const terminal = await openTerminal(words.split(" "), scene);
    await terminal.waitFor(question);
    expect(findTorn(await terminal.read(), columns)).toEqual([]);
    await terminal.press("C-c");
    expect(await terminal.end()).toBe(130);
    expect(findTorn(await terminal.read(), columns)).toEqual([]);
  });

  test("in the announcement of a sign-in", async () => {
    const scene = await setScene(columns);
    const { redirectUri } = await registerRedirect(scene.emulator, "https");
    const options = { ...scene, env: { ...env, QBO_REDIRECT_URI: redirectUri } };
    const terminal = await openTerminal(["login", "--env", "emulator"], options);
    await terminal.waitFor(/Waiting for consent/);
    await terminal.press("C-c");
    await terminal.end();
    const screen = await terminal.read();
    expect(screen).not.toMatch(spinner);
    expect(findTorn(screen, columns)).toEqual([]);
  });
});

test("at 40 columns no line of the demo is cut", async () => {
  const terminal = await openTerminal(["demo"], await setScene(40));
  expect(await terminal.end()).toBe(0);
  expect(findTorn(await terminal.read(), 40)).toEqual([]);
});
