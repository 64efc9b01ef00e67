import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Config } from "../../src/core/config.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";
import { runQbo } from "../world/run-qbo.ts";
import { createTestWorld, type TestWorld } from "../world/test-world.ts";

/** Puts the program into a repository whose file says this; answers the file's path. */
function enterProject(world: TestWorld, content: Config): string {
  const repository = join(world.folder, "repository");
  world.workingFolder = join(repository, "src");
  for (const folder of [join(repository, ".git"), world.workingFolder]) mkdirSync(folder, { recursive: true });
  const path = join(repository, ".qbo.json");
  writeFileSync(path, JSON.stringify(content));
  return path;
}

/** Connections whose access tokens are their names. */
async function bringIn(world: TestWorld): Promise<void> {
  const entry = (name: string, environment: string, realmId: string, app = environment) => ({
    name,
    environment,
    app,
    realmId,
    clientId: environment,
    refreshToken: `refresh-${name}`,
    accessToken: name,
    expiresAt: "2100-01-01T00:00:00Z",
  });
  const entries = [
    entry("acme", "sandbox", "1001"),
    entry("beta", "sandbox", "1002", "second"),
    entry("live", "production", "1001"),
  ];
  world.stdin = JSON.stringify(entries);
  const outcome = await runQbo(["import", "--stdin", "--no-refresh"], world);
  if (outcome.exitCode !== 0) throw new Error(outcome.stderr);
}

async function openWorld() {
  const world = createTestWorld();
  await bringIn(world);
  const qbo = (...argv: string[]) => runQbo(argv, world);
  const chosen = async (...words: string[]) => {
    const { stdout, stderr } = await qbo("token", "--json", ...words);
    const document: { accessToken?: string; error?: { code: string } } = JSON.parse(stdout || stderr);
    return document.accessToken ?? document.error?.code;
  };
  return { world, qbo, chosen };
}

describe("a project's file chooses", () => {
  it("a connection: after argument and variable, before the default", async () => {
    const { world, qbo, chosen } = await openWorld();
    await qbo("use", "acme");
    enterProject(world, { connection: "beta" });
    expect(await chosen()).toBe("beta");
    expect(await chosen("live")).toBe("live");
    expect(await chosen("--env", "production")).toBe("live");
    world.env["QBO_CONNECTION"] = "live";
    expect(await chosen()).toBe("live");
    const { connections } = (await qbo("status", "--json")).json<{ connections: object[] }>();
    expect(connections).toHaveLength(3);
  });

  it("an environment and an app, before the default of the user", async () => {
    const { world, qbo, chosen } = await openWorld();
    await qbo("use", "acme");
    enterProject(world, { environment: "production" });
    expect(await chosen()).toBe("live");
    expect(await chosen("1001")).toBe("live");
    expect(await chosen("beta")).toBe("beta");
    world.env["QBO_CONNECTION"] = "beta";
    expect(await chosen()).toBe("beta");
    delete world.env["QBO_CONNECTION"];
    world.env["QBO_ENV"] = "sandbox";
    expect(await chosen()).toBe("acme");
    delete world.env["QBO_ENV"];
    enterProject(world, { app: "second" });
    expect(await chosen()).toBe("beta");
    enterProject(world, { environment: "production", connection: "acme" });
    expect(await chosen()).toBe("NOT_CONNECTED");
  });

  it("and says so where that leads nowhere", async () => {
    const { world, qbo } = await openWorld();
    const path = enterProject(world, { connection: "gone" });
    expect((await qbo("token", "--json")).error().message).toContain(`gone (set by ${path})`);
    enterProject(world, { environment: "emulator" });
    expect((await qbo("token", "--json")).error().message).toContain(`environment emulator (set by ${path})`);
    enterProject(world, { environment: "production", connection: "acme" });
    expect((await qbo("token", "--json")).error().hint).toContain(`Change ${path}`);
    const doctor = await qbo("doctor", "--offline", "--json");
    expect(doctor.json()).toMatchObject({ connection: null, verdict: { cause: "shadowed-by-environment" } });
  });

  it("nothing that cannot be undone", async () => {
    const { world, qbo } = await openWorld();
    enterProject(world, { environment: "sandbox", app: "second", connection: "beta" });
    for (const words of [["--local-only"], ["--forget", "--local-only"], []]) {
      const error = (await qbo("revoke", "--yes", "--json", ...words)).error();
      expect(error).toMatchObject({ code: "AMBIGUOUS_CONNECTION", exitCode: 2 });
      expect(error.message).toContain("acme, beta, live");
    }
    world.stdin = "some-token";
    expect((await qbo("revoke", "--token-stdin", "--yes", "--json")).error().code).toBe("USAGE");
    expect((await qbo("revoke", "--all", "--local-only", "--yes", "--json")).json()).toMatchObject({
      results: [{ connection: "acme" }, { connection: "beta" }, { connection: "live" }],
    });
  });

  it("not what the user has made the default", async () => {
    const { world, qbo } = await openWorld();
    const path = enterProject(world, { connection: "beta" });
    const used = await qbo("use", "acme", "--json");
    expect(used.stderr).toContain(`${path} names beta, which wins over the default.`);
    expect(used.json()).toMatchObject({ connection: { isDefault: false } });
    expect((await qbo("rename", "beta", "gamma")).stderr).toContain(`${path} still names beta, which is now gamma.`);
  });

  it.runIf(process.platform !== "win32")("nothing when everybody may write it", async () => {
    const { world, qbo } = await openWorld();
    await qbo("use", "acme");
    chmodSync(enterProject(world, { connection: "beta" }), 0o666);
    const outcome = await qbo("token");
    expect(outcome.stdout).toBe("acme\n");
    expect(outcome.stderr.match(/left aside/g)).toHaveLength(1);
  });
});

describe("a client in a project's file", () => {
  async function openProject(project: Config) {
    const { qbo, world, control, redirectUri, realms } = await startEmulatedIntuit();
    delete world.env["QBO_REDIRECT_URI"];
    for (const clientId of ["machine", "theirs"]) await control("app", { clientId, clientSecret: "s" });
    const setApp = (clientId: string) => {
      world.stdin = "s";
      const words = ["--env", "emulator", "--client-id", clientId, "--redirect-uri", redirectUri];
      return qbo("app", "set", "--client-secret-stdin", ...words);
    };
    expect((await setApp("machine")).exitCode).toBe(0);
    expect((await qbo("login", "acme", "--env", "emulator")).exitCode).toBe(0);
    const path = enterProject(world, project);
    return { qbo, world, path, setApp, realms, redirectUri };
  }

  const theirs = { apps: { emulator: { clientId: "theirs" } } };

  it("needs a yes at a terminal, and is told where nobody is", async () => {
    const { qbo, world, path } = await openProject(theirs);
    const unasked = (await qbo("login", "--env", "emulator", "--json")).error();
    expect(unasked).toMatchObject({ code: "INPUT_REQUIRED", exitCode: 2 });
    expect(unasked.message).toContain(
      `${path} names the client ID theirs and the redirect URI https://localhost:8722/`,
    );
    expect(unasked.hint).toMatch(
      /qbo app set --env emulator --client-id theirs --redirect-uri \S+ --client-secret-stdin/,
    );
    world.script.isAttended = true;
    world.script.answers = [[/names the client ID theirs .* for emulator\. Use that\?/, false]];
    expect((await qbo("login", "--env", "emulator", "--json")).error().code).toBe("CANCELLED");
    expect(world.visits).toHaveLength(1);
    // After the yes the secret of that client is missed: it is really used.
    world.script.answers = [[/names the client ID theirs .* for emulator\. Use that\?/, true]];
    const missing = (await qbo("login", "--env", "emulator", "--json")).error();
    expect(missing).toMatchObject({ code: "APP_NOT_CONFIGURED" });
    expect(missing.message).toContain("theirs");
  });

  it("is asked about no more once it is the user's own", async () => {
    const { qbo, setApp, realms } = await openProject(theirs);
    await setApp("theirs");
    const outcome = await qbo("login", "--env", "emulator", "--name", "fresh", "--json");
    expect(outcome.json()).toMatchObject({ connection: { clientId: "theirs", realmId: realms[0] } });
  });

  it("is passed over where a variable says which one", async () => {
    const { qbo, world } = await openProject(theirs);
    Object.assign(world.env, { QBO_CLIENT_ID: "machine", QBO_CLIENT_SECRET: "s" });
    const { connection } = (await qbo("login", "acme", "--env", "emulator", "--json")).json<{ connection: object }>();
    expect(connection).toMatchObject({ clientId: "machine" });
  });

  it("leaves a connection with the client that made it; status and doctor say so", async () => {
    const { qbo, path } = await openProject(theirs);
    expect((await qbo("refresh", "acme")).exitCode).toBe(0);
    const { connections } = (await qbo("status", "--json")).json<{ connections: object[] }>();
    expect(connections).toMatchObject([{ clientId: "machine", configuredClientId: "theirs" }]);
    expect((await qbo("status")).stdout).toContain("still belongs to another client");
    const { checks } = (await qbo("doctor", "acme", "--offline", "--json")).json<{ checks: { id: string }[] }>();
    expect(checks.find(({ id }) => id === "client-match")).toMatchObject({
      status: "warn",
      detail: `Made by the client machine; the app emulator has theirs by now (${path}).`,
    });
    const { apps } = (await qbo("app", "list", "--json")).json<{ apps: object[] }>();
    expect(apps).toMatchObject([{ clientId: "theirs", source: path }]);
  });

  it("is never the one of an import or of a given token", async () => {
    const { qbo, world } = await openProject(theirs);
    world.stdin = JSON.stringify({ environment: "emulator", realmId: "77", refreshToken: "r", name: "brought" });
    expect((await qbo("import", "--stdin", "--no-refresh")).exitCode).toBe(0);
    expect((await qbo("status", "brought", "--json")).json()).toMatchObject({ connections: [{ clientId: "machine" }] });
  });

  it("nor may a redirect URI slip in without a yes", async () => {
    const { qbo, world, path } = await openProject({ redirectUri: "https://evil.example/cb" });
    const unasked = (await qbo("login", "--env", "emulator", "--json")).error();
    expect(unasked).toMatchObject({ code: "INPUT_REQUIRED" });
    expect(unasked.message).toContain(`${path} names the redirect URI https://evil.example/cb for emulator`);
    world.script.isAttended = true;
    world.script.answers = [
      [/Client ID/, "mine"],
      [/Client secret/, "s"],
    ];
    // Nothing is configured for the sandbox: what is set up now is set up without the project.
    const outcome = await qbo("login", "--env", "sandbox", "--timeout", "1", "--no-browser", "--json");
    expect(outcome.stderr).not.toContain("evil.example");
    expect((await qbo("app", "show", "sandbox")).stdout).toContain("evil.example");
    world.workingFolder = world.folder;
    expect((await qbo("app", "show", "sandbox")).stdout).toContain("https://localhost:8722/callback");
  });
});
