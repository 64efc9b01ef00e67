// needs: tmux, zsh, fish
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { start } from "../emulator/emulator-client.ts";
import { seed } from "./connections.ts";
import { buildEnvironment, createHome, program, type RunOptions, runQbo } from "./qbo-process.ts";
import { openProgram, type Terminal } from "./terminal.ts";

/** What would be there if anything of what is typed, stored or configured were run. */
const canary = "canary";
const hostile = `"; touch ${canary}; $(touch ${canary}) \`touch ${canary}\` %n \u001b]0;x\u0007 ':\\ \n :files`;

interface Scene extends RunOptions {
  env: Record<string, string>;
}

/** A home with `qbo` on its PATH and two connections, of which one belongs to a company with an evil name. */
async function setScene(): Promise<Scene> {
  const options = { home: createHome(), emulator: await start() };
  await seed(options, 2);
  const folder = join(options.home.state, "connections");
  const facts: object = JSON.parse(readFileSync(join(folder, "c1.json"), "utf8"));
  writeFileSync(join(folder, "c1.json"), JSON.stringify({ ...facts, companyName: hostile }));
  writeFileSync(join(folder, `c$(touch ${canary}).json`), JSON.stringify(facts));
  const bin = join(options.home.folder, "bin");
  mkdirSync(bin);
  symlinkSync(program, join(bin, "qbo"));
  for (const name of ["with a space.json", "plain.json"]) writeFileSync(join(options.home.folder, name), "");
  for (const path of [join(bin, "qbo-report"), join(options.home.folder, "nightly.sh")])
    writeFileSync(path, "", { mode: 0o755 });
  return { ...options, env: { PATH: `${bin}:${process.env["PATH"]}`, TERM: "xterm" } };
}

function runShell(scene: Scene, words: readonly string[]): string[] {
  const [shell = "", ...rest] = words;
  const { stdout, stderr } = spawnSync(shell, rest, {
    cwd: scene.home.folder,
    env: buildEnvironment(scene),
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

/** Calls the function as readline does, with the words taken apart at COMP_WORDBREAKS. */
const completeInBash = (scene: Scene, ...words: string[]) =>
  runShell(scene, [
    "bash",
    "--norc",
    "-c",
    'source <(qbo completion bash); COMP_WORDS=(qbo "$@"); COMP_CWORD=$#; _qbo; printf "%s\\n" "${COMPREPLY[@]}"',
    "bash",
    ...words,
  ]);

const completeInFish = (scene: Scene, line: string) =>
  runShell(scene, ["fish", "--no-config", "-c", 'qbo completion fish | source; complete -C "$argv[1]"', line]);

const completeByHand = async (scene: Scene, ...words: string[]) =>
  (await runQbo(["__complete", ...words], scene)).stdout;

/** Types into a shell, presses Tab, and answers what the line and the lines below it say then. */
async function pressTab(terminal: Terminal, line: string, expected: RegExp): Promise<string> {
  await terminal.press("C-u", "C-l");
  await terminal.type(line);
  await terminal.press("Tab", "Tab");
  return (await terminal.waitFor(expected))[0];
}

const expectNothingRan = ({ home }: Scene) => expect(readdirSync(home.folder)).not.toContain(canary);

test("bash completes commands, options, values, names and files", async () => {
  const scene = await setScene();
  expect(completeInBash(scene, "sta")).toEqual(["status"]);
  expect(completeInBash(scene, "config", "")).toEqual(["list", "get", "set", "unset"]);
  expect(completeInBash(scene, "token", "--min")).toEqual(["--min-validity"]);
  expect(completeInBash(scene, "schedule", "--for", "s")).toEqual(["systemd"]);
  expect(completeInBash(scene, "login", "--env", "=", "em")).toEqual(["emulator"]);
  expect(completeInBash(scene, "store", "move", "--to", "hel")).toEqual(["helper:"]);
  expect(completeInBash(scene, "status", "")).toEqual(["c1", "c2"]);
  expect(completeInBash(scene, "status", "$(touch canary)", "`touch canary`")).toEqual([]);
  expect(completeInBash(scene, "import", "--file", "with")).toEqual(["with a space.json"]);
  expect(completeInBash(scene, "exec", "c1", "--", "qbo-rep")).toEqual(["qbo-report"]);
  expect(completeInBash(scene, "exec", "--", "./nigh")).toEqual(["./nightly.sh"]);
  expect(completeInBash(scene, "exec", "--", "qbo-report", "pl")).toEqual(["plain.json"]);
  expect(completeInBash(scene, "exec", "--", "$(touch canary)")).toEqual([]);
  expectNothingRan(scene);
});

test("bash and zsh complete while somebody types", async () => {
  const scene = await setScene();
  for (const [shell, prepare] of [
    [["bash", "--norc"], 'eval "$(qbo completion bash)"'],
    [["zsh", "-f"], "autoload -U compinit; compinit -D; source <(qbo completion zsh)"],
  ] as const) {
    const terminal = await openProgram(shell, { ...scene, rows: 50 });
    await terminal.type(`cd "$HOME"; PS1='> '; ${prepare}`);
    await terminal.press("Enter");
    await terminal.waitFor(/^> $|^>$/m);
    await pressTab(terminal, "qbo sta", /^> qbo status\b/m);
    await pressTab(terminal, 'qbo token "c', /^c1\b[^]*\bc2\b/m);
    await pressTab(terminal, "qbo login --env=prod", /^> qbo login --env=production\b/m);
    await pressTab(terminal, "qbo status --state ready,exp", /ready,expiring/);
    await pressTab(terminal, "qbo store move --to hel", /--to helper:$/m);
    await pressTab(terminal, "qbo import --file wi", /--file with\\ a\\ space\.json/);
    await pressTab(terminal, "qbo revoke c", /^c1\b[^]*\bc2\b/m);
    await pressTab(terminal, `qbo status $(touch ${canary}) c1`, /c1/);
    await pressTab(terminal, "qbo demo --br", /--browser/);
    await pressTab(terminal, "qbo exec c1 -- qbo-rep", /-- qbo-report\b/);
    await pressTab(terminal, "qbo exec -- ./nigh", /-- \.\/nightly\.sh\b/);
    await pressTab(terminal, "qbo exec -- qbo-report pl", /qbo-report plain\.json\b/);
    await pressTab(terminal, `qbo exec -- $(touch ${canary}) plai`, /plain\.json/);
    await terminal.press("C-u");
    await terminal.type("exit");
    await terminal.press("Enter");
    expect(await terminal.end()).toBe(0);
  }
  expectNothingRan(scene);
});

test("fish completes all that, with descriptions", async () => {
  const scene = await setScene();
  expect(completeInFish(scene, "qbo sta")).toEqual(["status\tShow every connection, its expiries and what to do next"]);
  expect(completeInFish(scene, "qbo help exit")).toEqual(["exit-codes\thelp topic"]);
  expect(completeInFish(scene, "qbo login --env=em")).toEqual(["--env=emulator"]);
  const names = completeInFish(scene, "qbo token ");
  expect(names.map((line) => line.split("\t")[0])).toEqual(["c1", "c2"]);
  expect(names[0]).toMatch(/^c1\temulator, "; touch \P{Cc}*$/u);
  expect(completeInFish(scene, "qbo import --file pl")).toEqual([expect.stringMatching(/^plain\.json/)]);
  for (const [typed, found] of [
    ["~/pl", "~/plain.json"],
    ["$HOME/pl", "$HOME/plain.json"],
    ['"with a', "with a space.json"],
    ["with\\ a", "with a space.json"],
    ["=pl", "--file=plain.json"],
  ])
    expect(completeInFish(scene, `qbo import --file${typed?.startsWith("=") ? "" : " "}${typed}`)).toEqual([
      expect.stringContaining(`${found}`),
    ]);
  expect(completeInFish(scene, 'qbo token --env "emu')).toEqual(["emulator"]);
  expect(completeInFish(scene, `qbo import --file (touch ${canary})`)).toEqual([]);
  expect(completeInFish(scene, "qbo exec c1 -- qbo-rep")).toEqual(["qbo-report\tcommand"]);
  expect(completeInFish(scene, "qbo exec -- ./nigh")).toEqual(["./nightly.sh\tcommand"]);
  expect(completeInFish(scene, "qbo exec -- qbo-report pl")).toEqual([expect.stringMatching(/^plain\.json/)]);
  for (const word of [`(touch ${canary})`, `$(touch ${canary})`, `x(touch ${canary})y`, `"$(touch ${canary})`])
    expect(completeInFish(scene, `qbo exec -- ${word}`)).toEqual([]);
  completeInFish(scene, `qbo status (touch ${canary}) "$(touch ${canary})" c`);
  expectNothingRan(scene);
});

describe("what the scripts ask", () => {
  test("is answered without store, network and question, and in silence when files are damaged", async () => {
    const scene = await setScene();
    const names = ":words\nc1\nc2\n";
    const stripped = async (env: Record<string, string>) => {
      const ended = await runQbo(["__complete", "bash", "status", ""], { ...scene, env: { ...scene.env, ...env } });
      expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
      return ended.stdout.replaceAll(/\t.*/g, "");
    };
    expect(await stripped({ QBO_STORE: "keychain", QBO_STORE_KEY: "" })).toBe(names);
    expect(await stripped({ QBO_STORE: "postgres://nobody@127.0.0.1:1/qbo" })).toBe(names);
    expect(await stripped({ NODE_TLS_REJECT_UNAUTHORIZED: "0", QBO_DEBUG: "1" })).toBe(names);
    writeFileSync(join(scene.home.config, "config.json"), "{ no json");
    expect(await stripped({})).toBe(names);
    expect(await completeByHand(scene, "bash", "status", "--env", "")).toBe(":words\nsandbox\nproduction\nemulator\n");
    expect(await stripped({ QBO_STATE_DIR: "not absolute" })).toBe(":words\n");
    expect(existsSync(join(scene.home.folder, canary))).toBe(false);
  });

  test("may be of any shell, and of none", async () => {
    const scene = await setScene();
    expect(await completeByHand(scene, "powershell", "+login", "+--env", "+s")).toBe(":words\nsandbox\n");
    expect(await completeByHand(scene, "powershell", "+sta", "+")).toMatch(/^:words\n$/);
    expect(await completeByHand(scene, "zsh", "export", "--output", "")).toBe(":files\n");
    expect(await completeByHand(scene)).toMatch(/^:words\nlogin\t/);
  });
});
