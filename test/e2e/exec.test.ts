// needs: tmux, setsid
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { control, countEffects, start } from "../emulator/emulator-client.ts";
import { seed, seedExpired, type Seeded } from "./connections.ts";
import { createHome, readError, runQbo, startQbo } from "./qbo-process.ts";
import type { LoginOptions } from "./sign-in.ts";
import { openTerminal } from "./terminal.ts";

async function setScene(): Promise<LoginOptions & { seeded: Seeded }> {
  const scene = { home: createHome(), emulator: await start() };
  const [seeded] = await seed(scene);
  if (seeded === undefined) throw new Error("one was asked for");
  return { ...scene, seeded };
}

/** `-- node <file>`, which says "ready" once its code has run. */
function writeProgram({ home }: LoginOptions, code: string): string[] {
  const file = join(home.folder, "program.js");
  writeFileSync(file, `${code}\nconsole.log("ready");`);
  return ["--", process.execPath, file];
}

const lingering = "setInterval(() => {}, 1000);";

/** Counts the signals that come, tells each, and ends with 40 and their number a moment after the last that it waits for. */
const counting = (last: number) => `${lingering}
let count = 0;
for (const name of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"]) process.on(name, () => {
  console.log(name, ++count);
  if (count === ${last}) setTimeout(() => process.exit(40 + count), 200);
});`;

/** Away from the terminal of whoever runs the tests. */
const apart = ["setsid"];

describe("a program", () => {
  test("gets the token and what belongs to it, and none of qbo's secrets", async () => {
    const { seeded, ...scene } = await setScene();
    const secrets = { QBO_CLIENT_SECRET: "s", QBO_STORE_KEY_NEW: "n", PGPASSWORD: "p" };
    const print = "process.stdout.write(JSON.stringify(process.env))";
    const ended = await runQbo(["exec", "--", process.execPath, "-e", print], { ...scene, env: secrets });
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    const env: Record<string, string> = JSON.parse(ended.stdout);
    expect(env).toMatchObject({
      QBO_ACCESS_TOKEN: seeded.accessToken,
      QBO_REALM_ID: seeded.realmId,
      QBO_ENVIRONMENT: "emulator",
      QBO_API_BASE_URL: scene.emulator.baseUrl,
      QBO_STORE: "file",
      HOME: scene.home.folder,
    });
    for (const name of [...Object.keys(secrets), "QBO_STORE_KEY"]) expect(env).not.toHaveProperty(name);
  });

  test("gets its own words, and what looks like ours is not", async () => {
    const scene = await setScene();
    const words = ["--json", "--help", "-V", "-c", "x", "--", "", "a b", "$HOME", "*", "'\""];
    const print = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
    const ended = await runQbo(["exec", "-c", "c1", "--", process.execPath, "-e", print, "--", ...words], scene);
    expect({ ...ended, stdout: JSON.parse(ended.stdout) }).toMatchObject({ exitCode: 0, stdout: words, stderr: "" });
  });

  test.each([0, 1, 4, 77, 130, 255])("ends qbo with its exit code %d, and nothing is added", async (exitCode) => {
    const scene = await setScene();
    const ended = await runQbo(["exec", "--json", "--", "sh", "-c", `echo out; echo err >&2; exit ${exitCode}`], scene);
    expect(ended).toMatchObject({ exitCode, stdout: "out\n", stderr: "err\n" });
  });

  test("has the streams for itself: bytes pass as they are, through files and through slow pipes", async () => {
    const scene = await setScene();
    const [input, output] = [join(scene.home.folder, "in"), join(scene.home.folder, "out")];
    writeFileSync(input, randomBytes(1_500_000));
    for (const line of ['"$@" < in > out', 'cat in | "$@" | (sleep 0.3; cat) > out']) {
      writeFileSync(output, "");
      // Had qbo left a pipe unable to wait, whoever writes more than it holds would fail.
      const ended = await runQbo(["exec", "--", "cat"], { ...scene, through: ["sh", "-c", line, "sh"] });
      expect([line, ended]).toEqual([line, expect.objectContaining({ exitCode: 0, stdout: "", stderr: "" })]);
      expect(readFileSync(output).equals(readFileSync(input))).toBe(true);
    }
  });

  test("whose reader has gone ends as ever, and quietly", async () => {
    const scene = await setScene();
    const through = ["bash", "-c", '"$@" | head -n 1; exit "${PIPESTATUS[0]}"', "bash"];
    expect(await runQbo(["exec", "--", "yes"], { ...scene, through })).toMatchObject({
      exitCode: 141,
      stdout: "y\n",
      stderr: "",
    });
  });
});

describe("a program that cannot be started", () => {
  test.each([
    ["no-such-program", 127, "PROGRAM_NOT_FOUND"],
    ["./gone/program", 127, "PROGRAM_NOT_FOUND"],
    ["sh -c true", 127, "PROGRAM_NOT_FOUND"],
    ["./script", 127, "PROGRAM_NOT_FOUND"],
    [".", 126, "PROGRAM_NOT_RUNNABLE"],
    ["./it's plain", 126, "PROGRAM_NOT_RUNNABLE"],
  ])("%s ends with %d, as in a shell", async (program, exitCode, code) => {
    const scene = await setScene();
    writeFileSync(join(scene.home.folder, "it's plain"), "");
    writeFileSync(join(scene.home.folder, "script"), "#!/no/such/interpreter\n", { mode: 0o700 });
    const error = readError(await runQbo(["exec", "--json", "--", program], scene));
    expect(error).toMatchObject({ code, exitCode });
    if (program.includes("plain")) expect(error.hint).toContain(`ls -ld './it'\\''s plain'`);
  });
});

describe("a signal", () => {
  test.each(["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"] as const)(
    "%s ends the program, and qbo after it",
    async (name) => {
      const scene = await setScene();
      const running = startQbo(["exec", ...writeProgram(scene, lingering)], { ...scene, through: apart });
      await running.waitFor(/ready/);
      running.signal(name);
      const exitCode = { SIGTERM: 143, SIGHUP: 129, SIGINT: 130, SIGQUIT: 131 }[name];
      expect(await running.ended).toMatchObject({ exitCode, stderr: "" });
    },
  );

  test("reaches the program once each time, which decides what becomes of it", async () => {
    const scene = await setScene();
    const running = startQbo(["exec", ...writeProgram(scene, counting(6))], { ...scene, through: apart });
    await running.waitFor(/ready/);
    const names = ["SIGTERM", "SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const;
    for (const [index, name] of names.entries()) {
      running.signal(name);
      await running.waitFor(new RegExp(`^${name} ${index + 1}$`, "m"));
    }
    const { exitCode, stdout, stderr } = await running.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 46, stderr: "" });
    expect(stdout.match(/SIG/g)).toHaveLength(6);
  });

  test("from the keys of a terminal comes once, and qbo stays as long as the program does", async () => {
    const scene = await setScene();
    const terminal = await openTerminal(["exec", ...writeProgram(scene, counting(3))], scene);
    await terminal.waitFor(/ready/);
    for (const count of [1, 2, 3]) {
      await terminal.press("C-c");
      await terminal.waitFor(new RegExp(`SIGINT ${count}$`, "m"));
    }
    expect(await terminal.end()).toBe(43);
    expect((await terminal.read()).match(/SIG\w+ \d/g)).toEqual(["SIGINT 1", "SIGINT 2", "SIGINT 3"]);
  });
});

test("at a terminal, the program reads what is typed after qbo's own question was answered", async () => {
  const scene = await setScene();
  await seed(scene);
  const read = `process.stdin.once("data", (text) => { console.log("read", String(text).trim()); process.exit(9); });`;
  const terminal = await openTerminal(["exec", ...writeProgram(scene, read)], scene);
  await terminal.waitFor(/Which connection\?/);
  await terminal.press("Enter");
  await terminal.waitFor(/ready/);
  for (const word of ["hello", " there"]) await terminal.type(word);
  await terminal.press("Enter");
  await terminal.waitFor(/read hello there/);
  expect(await terminal.end()).toBe(9);
});

test("five at once on an expired token cause one refresh, and run with the same token", async () => {
  const scene = { home: createHome(), emulator: await start() };
  await control(scene.emulator, "policy", { rotateAfterSeconds: 0, oldRefreshTokens: "revoke-chain" });
  const { accessToken } = await seedExpired(scene);
  const runs = Array.from({ length: 5 }, () => runQbo(["exec", "--", "printenv", "QBO_ACCESS_TOKEN"], scene));
  const all = await Promise.all(runs);
  expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0]);
  const [token = "", ...others] = new Set(all.map(({ stdout }) => stdout.trim()));
  expect(others).toEqual([]);
  expect(token).not.toBe(accessToken);
  expect(await countEffects(scene.emulator)).toMatchObject({ refreshes: 1, rejectedRefreshes: 0 });
});
