import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { control, start } from "../emulator/emulator-client.ts";
import { fromNow } from "./connections.ts";
import { assertNoStackTrace, createHome, type Ended, type Home, runQbo, startQbo } from "./qbo-process.ts";
import { type RecordingProxy, startRecordingProxy } from "./recording-proxy.ts";
import { browse, consent, registerRedirect } from "./sign-in.ts";

/** Everything in the program that could tell more than it should. */
const loud = ["--debug", "--verbose", "--json"];

interface Scene {
  home: Home;
  emulator: Emulator;
  proxy: RecordingProxy;
  env: Record<string, string>;
  /** What each run printed, but for answers that were asked for because they are secret. */
  printed: [command: string, text: string][];
}

/** Secrets that no proxy sees. */
const own = {
  "client secret": `client-secret-${draw(24)}`,
  "other client secret": `other secret & "more" ${draw(12)}`,
  passphrase: `words of an export ${draw(12)}`,
  "store key": `a passphrase of several words ${draw(12)}`,
};

function draw(length: number): string {
  return randomBytes(length).toString("base64url").slice(0, length);
}

async function openScene(): Promise<Scene> {
  const [home, emulator] = [createHome(), await start()];
  const proxy = await startRecordingProxy(emulator);
  for (const [name, secret] of Object.entries(own)) proxy.secrets.set(secret, name);
  await control(emulator, "app", { clientId: "leak-client", clientSecret: own["client secret"] });
  const { redirectUri } = await registerRedirect(emulator);
  const env = {
    QBO_STORE_KEY: own["store key"],
    QBO_EMULATOR_URL: proxy.url,
    QBO_REDIRECT_URI: redirectUri,
    QBO_ENV: "emulator",
  };
  return { home, emulator, proxy, env, printed: [] };
}

interface Way {
  stdin?: string;
  /** Whether its answer is the secret that was asked for. */
  isDoor?: true;
}

async function run(scene: Scene, words: string, { stdin = "", isDoor }: Way = {}): Promise<Ended> {
  const ended = await runQbo([...words.split(" "), ...loud], { ...scene, stdin });
  scene.printed.push([words, isDoor ? ended.stderr : `${ended.stdout}${ended.stderr}`]);
  return ended;
}

async function login(scene: Scene, words: string): Promise<void> {
  const running = startQbo([...words.split(" "), ...loud], scene);
  const [, url = ""] = await running.waitFor(/^ {2}(http:\S+\/connect\/oauth2\?\S+)$/m);
  await browse(await consent({ authorizationUrl: url }));
  const ended = await running.ended;
  assertNoStackTrace(ended);
  expect(ended, ended.stderr).toMatchObject({ exitCode: 0 });
  // The address is for the person's browser, and for nothing else is its state.
  scene.printed.push([words, `${ended.stdout}${ended.stderr.replace(url, "")}`]);
}

async function serve(scene: Scene): Promise<void> {
  const running = startQbo(["emulator", "--port", "0", "--http", ...loud], scene);
  const [line] = await running.waitFor(/^\{.*\}$/m);
  const { clientSecret }: { clientSecret: string } = JSON.parse(line);
  running.signal("SIGTERM");
  const { exitCode, stderr } = await running.ended;
  expect(exitCode).toBe(0);
  scene.proxy.secrets.set(clientSecret, "the emulator's client secret");
  scene.printed.push(["emulator", stderr]);
}

/** The secrets of one sort that went by, the latest last. */
function list({ proxy }: Scene, sort: string): string[] {
  return [...proxy.secrets].filter(([, name]) => name === sort).map(([value]) => value);
}

const last = (scene: Scene, sort: string) => list(scene, sort).at(-1) ?? expect.fail(`no ${sort} went by`);

async function describeEntry({ emulator, proxy }: Scene, name: string): Promise<string> {
  const seeded = await control<{ connections: { accessToken: string; refreshToken: string }[] }>(emulator, "seed", {
    connections: 1,
  });
  const [granted] = seeded.connections;
  proxy.secrets.set(granted?.accessToken ?? "", "access_token").set(granted?.refreshToken ?? "", "refresh_token");
  const times = { accessTokenExpiresAt: fromNow(3600), rotatedAt: fromNow(-60) };
  const others = { name, clientId: "other-client", clientSecret: own["other client secret"] };
  return JSON.stringify({ environment: "emulator", ...granted, ...times, ...others });
}

/** What everybody does with each command, in an order that makes sense. A command that is missing here fails the test below. */
const everyday: readonly [command: string, act: (scene: Scene) => Promise<unknown>][] = [
  [
    "app set",
    (scene) =>
      run(scene, "app set --client-id leak-client --client-secret-stdin --env emulator", {
        stdin: own["client secret"],
      }),
  ],
  ["app list", (scene) => run(scene, "app list")],
  ["app show", (scene) => run(scene, "app show emulator")],
  ["login", (scene) => login(scene, "login acme")],
  ["login", (scene) => login(scene, "login acme --add-scope phone")],
  ["token", (scene) => run(scene, "token acme", { isDoor: true })],
  ["token", (scene) => run(scene, "token acme --format header", { isDoor: true })],
  ["token", (scene) => run(scene, "token acme --format credential-process", { isDoor: true })],
  ["exec", (scene) => run(scene, "exec acme -- true")],
  ["exec", (scene) => run(scene, `exec acme ${loud.join(" ")} -- ${join(scene.home.folder, "no-such-program")}`)],
  ["status", (scene) => run(scene, "status")],
  ["whoami", (scene) => run(scene, "whoami acme")],
  ["whoami", (scene) => run(scene, "whoami --id-token-stdin", { stdin: last(scene, "id_token") })],
  ["whoami", (scene) => run(scene, "whoami --token-stdin", { stdin: last(scene, "access_token") })],
  ["companyinfo", (scene) => run(scene, "companyinfo acme")],
  ["refresh", (scene) => run(scene, "refresh acme")],
  [
    "import",
    async (scene) => run(scene, "import --stdin --no-refresh", { stdin: await describeEntry(scene, "other") }),
  ],
  ["export", (scene) => run(scene, "export acme --yes --passphrase-stdin", { stdin: own.passphrase, isDoor: true })],
  ["export", (scene) => run(scene, "export acme --yes --plain --with-client-secret", { isDoor: true })],
  ["relay", (scene) => run(scene, "relay")],
  ["schedule", (scene) => run(scene, "schedule --for cron")],
  ["api", (scene) => run(scene, "api companyinfo/{realm} -c acme")],
  ["report", (scene) => run(scene, "report --output report.html")],
  ["app export", (scene) => run(scene, "app export emulator --for dotenv")],
  ["refresh", (scene) => run(scene, "refresh --all --json-lines")],
  ["refresh", (scene) => run(scene, "refresh --token-stdin", { stdin: last(scene, "refresh_token"), isDoor: true })],
  ["use", (scene) => run(scene, "use acme")],
  ["rename", (scene) => run(scene, "rename acme acme-2")],
  ["rename", (scene) => run(scene, "rename acme-2 acme")],
  ["doctor", (scene) => run(scene, "doctor acme")],
  ["history", (scene) => run(scene, "history acme")],
  ["config set", (scene) => run(scene, "config set minValidity 400")],
  ["config get", (scene) => run(scene, "config get minValidity")],
  ["config list", (scene) => run(scene, "config list")],
  ["config unset", (scene) => run(scene, "config unset minValidity")],
  ["store keygen", keepKey],
  ["store status", (scene) => run(scene, "store status")],
  ["store move", (scene) => run(scene, "store move --all --to file")],
  ["store rekey", rekey],
  ["store init", (scene) => run(scene, "store init")],
  ["certs trust", (scene) => run(scene, "certs trust --yes")],
  ["certs status", (scene) => run(scene, "certs status")],
  ["certs renew", (scene) => run(scene, "certs renew")],
  ["certs untrust", (scene) => run(scene, "certs untrust")],
  ["emulator", serve],
  ["demo", (scene) => run(scene, "demo")],
  ["completion", (scene) => run(scene, "completion bash")],
];

async function keepKey(scene: Scene): Promise<void> {
  const { key }: { key: string } = JSON.parse((await run(scene, "store keygen", { isDoor: true })).stdout);
  scene.proxy.secrets.set(key, "new store key");
}

/** From then on the new key is the one that everybody uses. */
async function rekey(scene: Scene): Promise<void> {
  const stdin = last(scene, "new store key");
  expect(await run(scene, "store rekey --new-key-stdin", { stdin })).toMatchObject({ exitCode: 0 });
  scene.env = { ...scene.env, QBO_STORE_KEY: stdin };
}

const ending: typeof everyday = [
  ["revoke", (scene) => run(scene, "revoke acme --yes")],
  ["revoke", (scene) => run(scene, "revoke other --yes --forget")],
  ["revoke", (scene) => run(scene, "revoke --token-stdin --yes", { stdin: list(scene, "refresh_token")[0] ?? "" })],
  ["app remove", (scene) => run(scene, "app remove emulator --yes")],
];

/** Answers that repeat what is secret, and all that can go wrong besides. */
async function goWrong(scene: Scene): Promise<void> {
  const [access, refresh] = [last(scene, "access_token"), last(scene, "refresh_token")];
  // What is shown of a company and a person is what the server says of them.
  const told = `${access} ${refresh}`;
  const company = JSON.stringify({ CompanyInfo: { CompanyName: told, Country: told, Email: { Address: told } } });
  const person = JSON.stringify({ sub: "1", email: told, givenName: told });
  for (const [endpoint, command, body] of [
    ["companyinfo", "companyinfo acme", company],
    ["userinfo", "whoami acme", person],
  ] as const) {
    await control(scene.emulator, "faults", { kind: "garbage", endpoint, body });
    expect(await run(scene, command)).toMatchObject({ exitCode: 0 });
  }
  await control(scene.emulator, "faults", { kind: "garbage", endpoint: "companyinfo", body: company });
  await login(scene, "login acme");
  await run(scene, "status");

  const echo = `${access} and ${refresh} and ${own["client secret"]}`;
  const bodies = [
    JSON.stringify({ error: "invalid_grant", error_description: `dead: ${echo}` }),
    JSON.stringify({ error: refresh, error_description: echo }),
    JSON.stringify({ Fault: { Error: [{ Message: echo, Detail: echo, code: "3200" }], type: access } }),
    JSON.stringify({ access_token: access, refresh_token: refresh, token_type: echo }),
    `<html><body>${echo.repeat(20)}</body></html>`,
    `${" ".repeat(250)}${own["client secret"]}`,
    encodeURIComponent(echo),
  ];
  for (const endpoint of ["token", "companyinfo", "userinfo", "revoke"]) {
    for (const [index, body] of bodies.entries()) {
      const fault = {
        kind: "garbage",
        endpoint,
        status: [400, 401, endpoint === "revoke" ? 500 : 200, 403][index % 4],
        body,
      };
      await control(scene.emulator, "faults", fault);
    }
    const word = { token: "refresh", companyinfo: "companyinfo", userinfo: "whoami", revoke: "revoke" }[endpoint];
    await Promise.all(bodies.map(() => run(scene, `${word} acme${word === "revoke" ? " --yes" : ""}`)));
    await control(scene.emulator, "faults", undefined, "DELETE");
  }
  const location = `https://elsewhere.example.com/?code=${refresh}&access_token=${access}`;
  for (const kind of ["redirect", "lost-reply", "html-error", "cut-reply", "invalid-client", "outage"]) {
    await control(scene.emulator, "faults", { kind, endpoint: "token", location });
    await run(scene, "refresh acme");
    await control(scene.emulator, "faults", undefined, "DELETE");
  }
  // Its access token has expired without qbo's knowledge: the API answers 401 and repeats it.
  await control(scene.emulator, "clock", { advance: 4000 });
  await run(scene, "companyinfo other");
  for (const words of [`token ${refresh}`, `status ${access}`, `login ${refresh}`, refresh, `token --app ${access}`])
    await run(scene, words);
}

/** The ways in which a secret could be written down. */
function spell(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const spelled = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  return [...new Set([...spelled, bytes.toString("base64"), bytes.toString("base64url"), bytes.toString("hex")])];
}

function expectFree({ proxy, printed, home }: Scene): void {
  const files = listEntries(home).filter(({ isFile }) => isFile);
  const places = [...printed, ...files.map(({ path }): [string, string] => [path, readFileSync(path, "utf8")])];
  const leaks = [...proxy.secrets].flatMap(([secret, name]) =>
    places
      .filter(([, text]) => spell(secret).some((spelling) => text.includes(spelling)))
      .map(([place]) => `${name} in ${place}`),
  );
  expect([...new Set(leaks)]).toEqual([]);
}

function listEntries({ config, state }: Home): { path: string; isFile: boolean }[] {
  return [config, state].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => ({
      path: join(entry.parentPath, entry.name),
      isFile: entry.isFile(),
    })),
  );
}

function expectPrivate({ home }: Scene): void {
  for (const { path, isFile } of listEntries(home)) {
    const mode = (statSync(path).mode & 0o777).toString(8);
    expect(`${path} ${mode}`).toBe(`${path} ${isFile ? "600" : "700"}`);
  }
}

async function expectFreeToTheEnd(scene: Scene): Promise<void> {
  expectFree(scene);
  expectPrivate(scene);
  for (const [, act] of ending) await act(scene);
  expectFree(scene);
  expectPrivate(scene);
  expectMeaning(scene);
}

/** All of that would mean nothing had there been no secrets, or no trace. */
function expectMeaning(scene: Scene): void {
  for (const sort of ["access_token", "refresh_token", "id_token", "code", "state", "Basic credentials"])
    expect([sort, list(scene, sort).length]).toEqual([sort, expect.toSatisfy((count: number) => count > 0)]);
  const traced = scene.printed.filter(([, text]) => /^> (GET|POST) http/m.test(text)).map(([words]) => words);
  for (const words of ["login acme", "refresh acme", "companyinfo acme", "whoami acme", "revoke acme --yes"])
    expect(traced).toContain(words);
  for (const shape of [/RT1-\d\d-/, /XAB1[\w-]{20}/, /eyJ[\w-]{80}/])
    for (const [words, text] of scene.printed) expect([words, shape.exec(text)?.[0]]).toEqual([words, undefined]);
}

describe("secrets are found nowhere but where they were asked for, however much is told", () => {
  test("whatever is done", async () => {
    const scene = await openScene();
    const known = new Set(commands.map(({ name }) => name));
    const tried = new Set([...everyday, ...ending].map(([name]) => name));
    expect([...known].filter((name) => !tried.has(name))).toEqual([]);
    for (const [name, act] of everyday) if (known.has(name)) await act(scene);
    await expectFreeToTheEnd(scene);
  });

  test("whatever goes wrong", async () => {
    expect.hasAssertions();
    const scene = await openScene();
    const begin = new Set(["app set", "login", "import", "whoami", "companyinfo", "refresh"]);
    for (const [name, act] of everyday) if (begin.has(name)) await act(scene);
    await goWrong(scene);
    await expectFreeToTheEnd(scene);
  });
});
