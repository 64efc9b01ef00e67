// needs: secret-service
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createHome, expectTypedError, readAnswer, runQbo, type Home, type RunOptions } from "./qbo-process.ts";
import { startSecretService } from "./secret-service.ts";

/** What a schedule must find, and have, when nobody is logged in. */

interface Answer {
  files: { text: string }[];
  steps: string[];
  conditions: string[];
}

const plan = async (scheduler: string, options: RunOptions, ...more: string[]) => {
  const answer = readAnswer<Answer>(await runQbo(["schedule", "--for", scheduler, ...more, "--json"], options));
  return { ...answer, text: answer.files.map(({ text }) => text).join("\n") };
};

/** One connection with the file store. */
async function bringIn(options: RunOptions, entry: Record<string, string> = {}): Promise<void> {
  const whole = { environment: "emulator", realmId: "9341", refreshToken: "r", name: "acme", ...entry };
  readAnswer(
    await runQbo(["import", "--stdin", "--no-refresh", "--json"], { ...options, stdin: JSON.stringify(whole) }),
  );
}

/** A desktop without QBO_STORE_KEY: the key of the file store lies in the keychain. */
async function openDesktop(): Promise<RunOptions & { home: Home; env: Record<string, string | undefined> }> {
  const service = await startSecretService();
  onTestFinished(() => service.stop());
  const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = service.env;
  return { home: createHome(), env: { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR, QBO_STORE_KEY: undefined } };
}

test("a file store whose key lies in the keychain is as closed to cron as the keychain itself", async () => {
  const desktop = await openDesktop();
  await bringIn(desktop);
  const description: unknown = JSON.parse(readFileSync(join(desktop.home.state, "secrets", "store.json"), "utf8"));
  expect(description).toMatchObject({ keySource: "keychain" });
  for (const scheduler of ["cron", "task-scheduler"])
    expect(await expectTypedError(["schedule", "--for", scheduler], desktop)).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("acme uses the file store, whose key lies there"),
      hint: expect.stringContaining("qbo store rekey --new-key-stdin"),
    });
  const { conditions, steps } = await plan("systemd", desktop);
  expect(conditions).toEqual([expect.stringContaining("only while you are logged in")]);
  expect(steps.join("\n")).not.toContain("enable-linger");

  // What the hint says helps.
  const key = (await runQbo(["store", "keygen"], desktop)).stdout.trim();
  const rekeyed = await runQbo(["store", "rekey", "--new-key-stdin"], { ...desktop, stdin: key });
  expect({ exitCode: rekeyed.exitCode, stderr: rekeyed.stderr }).toMatchObject({ exitCode: 0 });
  const cron = await plan("cron", { ...desktop, env: { ...desktop.env, QBO_STORE_KEY: key } });
  expect(cron.steps.join("\n")).toContain("QBO_STORE_KEY=…");
});

test("a client secret in the keychain closes it, too, wherever the tokens are", async () => {
  const desktop = await openDesktop();
  const key = Buffer.alloc(32, "given").toString("base64");
  const home = { ...desktop, env: { ...desktop.env, QBO_STORE_KEY: key } };
  const keys = ["app", "set", "--env", "sandbox", "--client-id", "ABown", "--client-secret-stdin"];
  const kept = await runQbo(keys, { ...home, env: { ...home.env, QBO_STORE: "keychain" }, stdin: "a-client-secret" });
  expect(kept.exitCode).toBe(0);
  await bringIn(home, { environment: "sandbox", clientId: "ABown" });
  const error = await expectTypedError(["schedule", "--for", "cron"], home);
  expect(error.message).toContain("cannot open the keychain, and acme uses it");
  const given = { QBO_CLIENT_ID: "ABown", QBO_CLIENT_SECRET: "a-client-secret" };
  expect((await plan("cron", { ...home, env: { ...home.env, ...given } })).conditions).toEqual([]);
});

test("the key of a file store is asked for, also where it is not set at this moment", async () => {
  const home = createHome();
  await bringIn({ home });
  const { steps } = await plan("cron", { home, env: { QBO_STORE_KEY: undefined } });
  expect(steps.join("\n")).toContain("QBO_STORE_KEY=…");
});

test("folders that XDG variables name go into the job", async () => {
  const home = createHome();
  const [state, config] = [join(home.folder, "xdg state"), join(home.folder, "xdg config")];
  for (const folder of [state, config]) mkdirSync(folder, { mode: 0o700 });
  const named = { XDG_STATE_HOME: state, XDG_CONFIG_HOME: config };
  const env = { ...named, QBO_STATE_DIR: undefined, QBO_CONFIG_DIR: undefined };
  const { text } = await plan("systemd", { home, env });
  for (const [name, folder] of Object.entries(named)) expect(text).toContain(`Environment="${name}=${folder}"`);
});

test("a schedule is about the environment and the app that variables narrow it to", async () => {
  const home = createHome();
  const apps = { reports: { environment: "sandbox", clientId: "ABown" } };
  writeFileSync(join(home.config, "config.json"), JSON.stringify({ apps }));
  const { text } = await plan("systemd", { home, env: { QBO_ENV: "sandbox", QBO_APP: "reports" } });
  expect(text).toContain("--env sandbox --app reports");
});

test.each([
  ["cron", true],
  ["launchd", true],
  // There it would be put over that of the whole account.
  ["task-scheduler", false],
])("a credential helper is found by %s where it is found now: %s", async (scheduler, hasPath) => {
  const home = createHome();
  const PATH = `${join(home.folder, "helpers")}:${process.env["PATH"]}`;
  const { text, steps } = await plan(scheduler, { home, env: { PATH, QBO_STORE: "helper:pass" } });
  expect(`${text}${steps.join("\n")}`.includes(join(home.folder, "helpers"))).toBe(hasPath);
});

test("a hosted workflow gets the password, wherever this machine has it from", async () => {
  const home = createHome();
  writeFileSync(join(home.config, "config.json"), JSON.stringify({ store: "postgres://qbo@db.example.com/qbo" }));
  const { text, steps } = await plan("github-actions", { home, env: { QBO_STORE: undefined } });
  expect(text).toContain("PGPASSWORD: ${{ secrets.PGPASSWORD }}");
  expect(steps).toContain("gh secret set PGPASSWORD");
  const whole = { QBO_STORE: "postgres://qbo:in-the-address@db.example.com/qbo" };
  expect((await plan("github-actions", { home, env: whole })).text).not.toContain("PGPASSWORD");
});

test.each([
  ["weekly", "3d", "14d"],
  ["daily", "1d", "2d"],
  ["hourly", "90m", "2h"],
])("a %s run that takes what expires within %s comes too late", async (every, within, least) => {
  const args = ["schedule", "--for", "cron", "--every", every, "--expiring-within"];
  const home = createHome();
  expect(await expectTypedError([...args, within], { home })).toMatchObject({
    code: "CONFIG_INVALID",
    hint: expect.stringContaining(`--expiring-within ${least}`),
  });
  expect((await runQbo([...args, least], { home })).exitCode).toBe(0);
});

test("a name that only the team's records may have is not refused where the team's server is not asked", async () => {
  const home = createHome();
  const team = { home, env: { QBO_STORE: "postgres://member@127.0.0.1:1/team" } };
  expect((await plan("cron", team, "--app", "site")).text).toContain("--app site");
  expect((await plan("cron", team, "--env", "theirs")).text).toContain("--env theirs");
  const alone = { home, env: { QBO_STORE: "file" } };
  expect(await expectTypedError(["schedule", "--for", "cron", "--app", "site"], alone)).toMatchObject({
    code: "APP_NOT_CONFIGURED",
  });
});
