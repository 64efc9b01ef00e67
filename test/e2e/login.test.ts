import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { expectFree } from "../adapters/callback-server/fixture.ts";
import { ACCOUNTING, control, countEffects, firstRealm, start } from "../emulator/emulator-client.ts";
import { fingerprintSecrets, listFiles, readFacts, seed } from "./connections.ts";
import { createHome, type Ended, readAnswer, readError, runQbo } from "./qbo-process.ts";
import { browse, consent, signIn, startLogin, type StartedLogin } from "./sign-in.ts";

const connectionKeys =
  "id name environment app clientId realmId companyName scopes store isDefault connectedAt lastUsedAt state accessToken refreshToken lastRefresh nextAction".split(
    " ",
  );

async function openScene() {
  return { home: createHome(), emulator: await start() };
}

describe("a sign-in", () => {
  test.each(["http", "https"] as const)("over %s goes through the browser that was named", async (scheme) => {
    const { home, emulator } = await openScene();
    const args = ["--env", "emulator", "--debug", "--verbose"];
    const { ended, connection, reconnected, lastPage, port } = await signIn({ home, emulator }, args, scheme);
    expect(reconnected).toBe(false);
    expect(Object.keys(connection)).toEqual(expect.arrayContaining(connectionKeys));
    const [company] = emulator.announcement().companies;
    expect(connection).toMatchObject({ ...company, environment: "emulator", store: "file", state: "ready" });
    expect(lastPage.status).toBe(200);
    expect(lastPage.body).toContain(`Connected to ${company?.companyName}`);
    expect(lastPage.url).toMatch(new RegExp(`^${scheme}://localhost:${port}/result/[\\w-]+$`));
    expect(lastPage.args).toHaveLength(1);
    expect(lastPage.env).not.toContain("QBO_STORE_KEY");
    expect(ended.stderr).toContain(lastPage.args[0]);
    expect(await countEffects(emulator)).toMatchObject({ exchanges: 1, refreshes: 0 });
    await expectFree(port);
    expect((await runQbo(["token"], { home, emulator })).stdout).toMatch(/^\S{100,}\n$/);
  });

  test("opens nothing with --no-browser, and none without being told to where nobody sits", async () => {
    const { home, emulator } = await openScene();
    await Promise.all(
      [["--no-browser"], []].map(async (args, index) => {
        const program = join(home.folder, `browser-${index}`);
        const env = { QBO_BROWSER: index === 0 ? program : undefined, BROWSER: undefined };
        const started = await startLogin({ home, emulator, env }, ["--env", "emulator", "--timeout", "1", ...args]);
        expect(readError(await started.ended).code).toBe("LOGIN_TIMED_OUT");
        expect(started.stderr()).not.toContain("could be opened");
      }),
    );
  });

  test("keeps code, state, tokens and client secret to itself", async () => {
    const { home, emulator } = await openScene();
    const started = await startLogin({ home, emulator }, ["--env", "emulator", "--debug", "--verbose"]);
    const callback = await consent(started);
    const page = await browse(callback);
    const { stdout, stderr } = await started.ended;
    const code = new URL(callback).searchParams.get("code") ?? "";
    const token = (await runQbo(["token"], { home, emulator })).stdout.trim();
    const secrets = [
      code,
      started.state,
      token,
      "qbo-emulator-secret",
      base64("qbo-emulator-client:qbo-emulator-secret"),
    ];
    // The address that a person opens must carry the state; it is worth nothing without what only this process knows.
    const told = [stdout, stderr.replaceAll(started.authorizationUrl, ""), page.url, page.body];
    const files = [home.config, home.state].flatMap((folder) =>
      listFiles(folder).map((path) => readFileSync(join(folder, path), "latin1")),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(16);
      for (const text of [...told, ...files]) expect(text.includes(secret)).toBe(false);
    }
  });

  test("exchanges the code once, also when the answer is lost", async () => {
    const { home, emulator } = await openScene();
    await control(emulator, "faults", { kind: "lost-reply", endpoint: "token", count: 0 });
    const started = await startLogin({ home, emulator });
    const page = await browse(await consent(started));
    expect(readError(await started.ended)).toMatchObject({ code: "INTUIT_UNREACHABLE", exitCode: 6 });
    expect(page.body).toContain("The sign-in failed");
    expect(await countEffects(emulator)).toMatchObject({ exchanges: 1, rejectedExchanges: 0 });
    expect(readFacts(home)).toEqual([]);
  });

  test("stands although its ID token cannot be verified", async () => {
    const { home, emulator } = await openScene();
    await control(emulator, "policy", { idTokenDefect: "bad-signature" });
    const { ended, connection } = await signIn({ home, emulator });
    expect(ended.stderr).toContain("could not be verified");
    expect(connection).toMatchObject({ state: "ready" });
    const { idToken } = readAnswer<{ idToken: unknown }>(await runQbo(["whoami", "--json"], { home, emulator }));
    expect(idToken).toMatchObject({ verified: false });
  });
});

describe("on every way out the port is free at once", () => {
  const deny = ({ redirectUri, state }: StartedLogin) => browse(`${redirectUri}?error=access_denied&state=${state}`);
  const ways: [string, string[], (started: StartedLogin) => unknown, number][] = [
    ["success", [], async (started) => browse(await consent(started)), 0],
    ["denial", [], deny, 4],
    // Long enough to be seen waiting.
    ["time-out", ["--timeout", "3"], () => undefined, 4],
    ["SIGINT", [], ({ signal }) => signal("SIGINT"), 130],
    ["SIGTERM", [], ({ signal }) => signal("SIGTERM"), 130],
    ["SIGHUP", [], ({ signal }) => signal("SIGHUP"), 130],
  ];

  test.each(ways)("%s", async (_, args, act, exitCode) => {
    const { home, emulator } = await openScene();
    const started = await startLogin({ home, emulator }, ["--env", "emulator", ...args], "https");
    await expect(expectFree(started.port)).rejects.toThrow("EADDRINUSE");
    await act(started);
    const ended = await started.ended;
    expect({ ...ended, exitCode: ended.exitCode }).toMatchObject({ exitCode, signal: null });
    await expectFree(started.port);
    expect(existsSync(join(home.state, "locks")) ? listFiles(join(home.state, "locks")) : []).toEqual([]);
  });
});

describe("signing in to a connection that is known", () => {
  test("reconnects it: name, scopes and identity stay", async () => {
    const { home, emulator } = await openScene();
    const scopes = ["--scopes", `${ACCOUNTING} openid`];
    const first = await signIn({ home, emulator }, ["--env", "emulator", "--name", "acme", ...scopes]);
    await runQbo(["use", "acme"], { home });
    const again = await signIn({ home, emulator }, ["acme"]);
    expect(again.reconnected).toBe(true);
    const { id, name, scopes: asked } = first.connection;
    expect(again.connection).toMatchObject({ id, name: "acme", scopes: asked, isDefault: true });
    expect(name).toBe("acme");
    const unnamed = await signIn({ home, emulator });
    expect(unnamed).toMatchObject({ reconnected: true, connection: { id, name: "acme" } });
    expect(readFacts(home)).toHaveLength(1);
  });

  test("brings a disconnected one back under its name", async () => {
    const { home, emulator } = await openScene();
    await signIn({ home, emulator }, ["--env", "emulator", "--name", "acme"]);
    readAnswer(await runQbo(["revoke", "acme", "--yes", "--json"], { home, emulator }));
    const { connection, reconnected } = await signIn({ home, emulator }, ["acme"]);
    expect({ reconnected, connection }).toMatchObject({
      reconnected: true,
      connection: { name: "acme", state: "ready" },
    });
  });
});

describe("consent for another company than the connection's", () => {
  /** Asks for c1, whose company is not the one that the emulator consents for. */
  async function consentForAnother(options: Awaited<ReturnType<typeof openScene>>): Promise<Ended> {
    const started = await startLogin(options, ["c1"]);
    const page = await browse(await consent(started));
    expect(page.body).toContain("The sign-in failed");
    return started.ended;
  }

  test("is refused and given back; what is stored stays byte for byte", async () => {
    const scene = await openScene();
    await seed(scene);
    const before = { secrets: fingerprintSecrets(scene.home), facts: readFacts(scene.home) };
    const error = readError(await consentForAnother(scene));
    expect(error).toMatchObject({ code: "WRONG_COMPANY", exitCode: 4, connection: "c1" });
    expect(error.message).toContain("was given back");
    expect({ secrets: fingerprintSecrets(scene.home), facts: readFacts(scene.home) }).toEqual(before);
    expect(await countEffects(scene.emulator)).toMatchObject({ exchanges: 1, revocations: 1 });
    readAnswer(await runQbo(["refresh", "c1", "--json"], scene));
  });

  test("is not given back when a stored connection has that company", async () => {
    const scene = await openScene();
    await signIn(scene, ["--env", "emulator", "--name", "other"]);
    await seed(scene, 1, { name: "c1" });
    const before = fingerprintSecrets(scene.home);
    expect(readError(await consentForAnother(scene)).message).toContain("already is connected as other");
    expect(fingerprintSecrets(scene.home)).toEqual(before);
    expect(await countEffects(scene.emulator)).toMatchObject({ exchanges: 2, revocations: 0 });
    const other = readFacts(scene.home).find(({ name }) => name === "other");
    expect(other).toMatchObject({ realmId: firstRealm(scene.emulator) });
    readAnswer(await runQbo(["companyinfo", "other", "--json"], scene));
  });
});

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
