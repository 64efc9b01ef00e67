// needs: systemd, python3
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CronExpressionParser } from "cron-parser";
import { expect, test } from "vitest";
import { parseWorkflow } from "./parse-workflow.ts";
import { createHome, expectTypedError, readAnswer, runQbo, type RunOptions } from "./qbo-process.ts";

interface Answer {
  for: string;
  files: { name: string; folder: string | null; text: string }[];
  steps: string[];
  conditions: string[];
  written: string[];
}

const secretValues = { QBO_STORE_KEY: "schedule-secret-passphrase", QBO_CLIENT_SECRET: "schedule-secret-client" };
const awkward = `a b'c"d$HOME%d\\e`;

/** A home whose folders have the worst names that a person may choose. */
function createAwkwardHome(): RunOptions & { env: Record<string, string> } {
  const home = createHome();
  const state = join(home.folder, awkward);
  mkdirSync(state, { mode: 0o700 });
  return { home, env: { ...secretValues, QBO_STATE_DIR: state } };
}

async function schedule(scheduler: string, options: RunOptions, ...more: string[]): Promise<Answer> {
  const ended = await runQbo(["schedule", "--for", scheduler, ...more, "--json"], options);
  for (const value of Object.values(secretValues)) expect(ended.stdout + ended.stderr).not.toContain(value);
  return readAnswer<Answer>(ended);
}

/** What another program says of a text; it must accept it. */
function ask(command: string, args: readonly string[], input = "", env: Record<string, string> = {}): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    input,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...env },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr });
  return stdout + stderr;
}

test.each(["hourly", "daily", "weekly"])("systemd itself accepts service and timer, %s", async (every) => {
  const options = createAwkwardHome();
  const folder = join(options.home.folder, "units");
  const { written } = await schedule("systemd", options, "--every", every, "--output", folder);
  expect(written).toEqual([join(folder, "qbo-refresh.service"), join(folder, "qbo-refresh.timer")]);
  const said = ask("systemd-analyze", ["verify", "--user", "--man=no", ...written], "", {
    XDG_RUNTIME_DIR: options.home.folder,
    HOME: options.home.folder,
  });
  expect(said.split("\n").filter((line) => line.includes("qbo-refresh"))).toEqual([]);
});

test("a faulty unit would be seen", async () => {
  const file = join(createHome().folder, "faulty.service");
  writeFileSync(file, "[Service]\nType=oneshot\nExecStart=relative/path\n");
  const { status } = spawnSync("systemd-analyze", ["verify", "--user", "--man=no", file]);
  expect(status).not.toBe(0);
});

test("the line for cron runs at its time, survives awkward folders, and speaks only when something failed", async () => {
  const options = createAwkwardHome();
  const { files, steps } = await schedule("cron", options);
  const lines = files[0]?.text.trimEnd().split("\n") ?? [];
  expect(lines).toHaveLength(2);
  const [, fields = "", rest = ""] = /^((?:\S+ ){4}\S+) (.*)$/.exec(lines[1] ?? "") ?? [];
  const next = CronExpressionParser.parse(fields, { tz: "UTC" }).next().toDate();
  expect(next.getUTCHours()).toBeLessThan(6);
  expect(rest).not.toMatch(/(?<!\\)%/);
  expect(steps.join("\n")).toContain("schedule.env");
  writeFileSync(join(options.home.config, "schedule.env"), `QBO_STORE_KEY=${secretValues.QBO_STORE_KEY}\n`);
  const run = (line: string) =>
    ask("sh", ["-c", line.replaceAll("\\%", "%")], "", {
      HOME: options.home.folder,
      QBO_CONFIG_DIR: options.home.config,
    });
  expect(run(rest)).toBe("");
  expect(run(rest.replace("--all", "--alll"))).toContain("--alll");
});

test.each(["hourly", "daily", "weekly"])("launchd's property list can be read, %s", async (every) => {
  const { files } = await schedule("launchd", createAwkwardHome(), "--every", every);
  const read = "import plistlib,json,sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";
  const plist: Record<string, unknown> = JSON.parse(ask("python3", ["-c", read], files[0]?.text));
  expect(plist).toMatchObject({
    Label: "qbo-cli.refresh",
    ProgramArguments: expect.arrayContaining(["refresh", "--all", "30d"]),
    EnvironmentVariables: { QBO_STATE_DIR: expect.stringContaining(awkward), QBO_STORE: "file" },
  });
  expect(plist["StandardOutPath"]).toBe(plist["StandardErrorPath"]);
  const times: Record<string, number> = Object(plist["StartCalendarInterval"]);
  expect(Object.keys(times).length).toBe({ hourly: 1, daily: 2, weekly: 3 }[every]);
});

test.each(["hourly", "daily", "weekly"])(
  "the task for Windows is sound XML with one trigger and one action, %s",
  async (every) => {
    const { files } = await schedule("task-scheduler", createAwkwardHome(), "--every", every);
    const read =
      "import sys,xml.etree.ElementTree as E; n='{http://schemas.microsoft.com/windows/2004/02/mit/task}';" +
      "t=E.fromstring(sys.stdin.read()); print(len(t.find(n+'Triggers')), t.find(n+'Actions').find(n+'Exec').find(n+'Arguments').text)";
    expect(ask("python3", ["-c", read], files[0]?.text)).toMatch(/^1 .*qbo\.js refresh --all --expiring-within 30d/);
  },
);

test("GitHub's own parser accepts the workflow, which needs a team store", async () => {
  const options = createAwkwardHome();
  options.env["QBO_STORE"] = "postgres://qbo:schedule-secret-password@db.example.com/qbo";
  const { files } = await schedule("github-actions", options, "--every", "weekly");
  const content = files[0]?.text ?? "";
  expect(content).not.toContain("schedule-secret-password");
  expect(await parseWorkflow(content)).toEqual({
    errors: [],
    cron: expect.stringMatching(/^\d+ \d+ \* \* \d$/),
    jobs: 1,
  });
  expect((await parseWorkflow(content.replace("runs-on", "runson"))).errors).not.toEqual([]);
});

test("the workflow asks for the password where it is kept beside the address", async () => {
  const options = createAwkwardHome();
  Object.assign(options.env, {
    QBO_STORE: "postgres://qbo@db.example.com/qbo",
    PGPASSWORD: "schedule-secret-password",
  });
  const { files, steps } = await schedule("github-actions", options);
  expect(files[0]?.text).toContain("PGPASSWORD: ${{ secrets.PGPASSWORD }}");
  expect(steps).toContain("gh secret set PGPASSWORD");
  expect(JSON.stringify({ files, steps })).not.toContain("schedule-secret-password");
});

test.each(["systemd", "cron", "launchd", "task-scheduler"])(
  "%s asks for the key of a team store, also where it is not set at this moment",
  async (scheduler) => {
    const home = createHome();
    writeFileSync(join(home.config, "config.json"), JSON.stringify({ store: "postgres://qbo@db.example.com/qbo" }));
    const { files, steps } = await schedule(scheduler, {
      home,
      env: { QBO_STORE: undefined, QBO_STORE_KEY: undefined },
    });
    expect(steps.join("\n")).toContain("QBO_STORE_KEY");
    // Windows keeps a person's variables itself.
    const text = files.map((file) => file.text).join("\n");
    expect(text.includes("schedule.env")).toBe(scheduler !== "task-scheduler");
  },
);

test.each([
  ["cron", "keychain", "file"],
  ["task-scheduler", "keychain", "file"],
  ["github-actions", "file", "postgres://"],
  ["github-actions", "helper:pass", "postgres://"],
])("%s with %s cannot work, and the error names what can", async (scheduler, store, instead) => {
  const error = await expectTypedError(["schedule", "--for", scheduler], {
    home: createHome(),
    env: { QBO_STORE: store },
  });
  expect(error).toMatchObject({ code: "CONFIG_INVALID", hint: expect.stringContaining(`--to ${instead}`) });
});

test("the store that connections really use decides, and they are named", async () => {
  const home = createHome();
  const entry = { environment: "emulator", realmId: "9341", refreshToken: "r", name: "acme" };
  await runQbo(["import", "--stdin", "--no-refresh"], { home, stdin: JSON.stringify(entry) });
  const error = await expectTypedError(["schedule", "--for", "github-actions"], { home });
  expect(error.message).toContain("acme uses a store of this machine");
  // What new connections would use keeps nobody from scheduling those that are there.
  expect((await schedule("cron", { home, env: { QBO_STORE: "keychain" } })).conditions).toEqual([]);
});

test("a keychain works on a desktop's own schedulers, on a condition", async () => {
  const options = { home: createHome(), env: { QBO_STORE: "keychain" } };
  const { conditions, steps } = await schedule("systemd", options);
  expect(conditions).toEqual([expect.stringContaining("only while you are logged in")]);
  expect(steps.join("\n")).not.toContain("enable-linger");
});

test("variables about proxies go into the job in the spelling that counts, and their addresses do not", async () => {
  const home = createHome();
  const proxy = "http://me:schedule-secret-password@proxy.example.com:3128";
  const tell = async (env: Record<string, string>) => {
    const { files, steps } = await schedule("systemd", { home, env });
    const text = [...files.map((file) => file.text), ...steps].join("\n");
    expect(text).not.toContain("schedule-secret-password");
    return text;
  };
  const lower = await tell({ https_proxy: proxy, no_proxy: "intranet.example.com" });
  expect(lower).toMatch(/ https_proxy=…/);
  expect(lower).toContain("no_proxy=intranet.example.com");
  const both = await tell({
    https_proxy: proxy,
    HTTPS_PROXY: proxy,
    NO_PROXY: "a.example.com",
    no_proxy: "b.example.com",
  });
  expect(both).not.toMatch(/HTTPS_PROXY|NO_PROXY|a\.example\.com/);
  // An empty one in lower case switches the other off.
  expect(await tell({ https_proxy: "", HTTPS_PROXY: proxy })).not.toMatch(/https_proxy/i);
  expect(await tell({ HTTPS_PROXY: proxy })).toMatch(/ HTTPS_PROXY=…/);
});
