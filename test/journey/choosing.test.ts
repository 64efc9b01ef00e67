import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { runQbo } from "../world/run-qbo.ts";
import { createTestWorld, type TestWorld } from "../world/test-world.ts";

let world: TestWorld;

/** Three connections whose access tokens are their names. */
beforeEach(async () => {
  world = createTestWorld();
  const entry = (name: string, change: object) => ({
    name,
    environment: "sandbox",
    clientId: "dev",
    realmId: "1001",
    refreshToken: `refresh-${name}`,
    accessToken: name,
    expiresAt: "2100-01-01T00:00:00Z",
    ...change,
  });
  world.stdin = JSON.stringify([
    entry("acme", {}),
    entry("beta", { realmId: "1002", app: "second" }),
    entry("acme-live", { environment: "production", clientId: "live" }),
  ]);
  const outcome = await runQbo(["import", "--stdin", "--no-refresh"], world);
  if (outcome.exitCode !== 0) throw new Error(outcome.stderr);
});

const qbo = (...argv: string[]) => runQbo(argv, world);
const chosen = async (...words: string[]) => (await qbo("token", ...words)).stdout.trim();

describe("which connection a command is about", () => {
  it.each([
    ["token", ""],
    ["token", "-c", ""],
    ["token", "--env", ""],
    ["token", "--app="],
    ["refresh", "--all", "--env", ""],
    ["revoke", "--all", "--yes", "--env", ""],
    ["revoke", "--yes", ""],
    ["store", "move", "", "--to", "file"],
    ["rename", "acme", ""],
    ["login", "--env", "sandbox", "--name", ""],
  ])("is never left to qbo by a word that is empty: %s %s %s %s", async (...words) => {
    const { stderr, exitCode } = await qbo(...words);
    expect(stderr).toMatch(/^error: .+ is empty\.$/m);
    expect(exitCode).toBe(2);
  });

  it("is said by the argument or by --connection, by name or realm ID", async () => {
    expect(await chosen("beta")).toBe("beta");
    expect(await chosen("-c", "beta")).toBe("beta");
    expect(await chosen("--connection", "1002")).toBe("beta");
    expect(await chosen("1002")).toBe("beta");
    expect(await chosen("beta", "-c", "beta")).toBe("beta");
  });

  it("goes argument, QBO_CONNECTION, default", async () => {
    expect((await qbo("use", "beta")).exitCode).toBe(0);
    expect(await chosen()).toBe("beta");
    world.env["QBO_CONNECTION"] = "acme";
    expect(await chosen()).toBe("acme");
    expect(await chosen("acme-live")).toBe("acme-live");
  });

  it("is the only one within --env and --app", async () => {
    expect(await chosen("--env", "production")).toBe("acme-live");
    expect(await chosen("--app", "second")).toBe("beta");
    expect(await chosen("1001", "--env", "production")).toBe("acme-live");
    expect(await chosen("1001", "--env", "sandbox")).toBe("acme");
  });

  it("is not the default where --env or --app ask for another", async () => {
    expect((await qbo("use", "beta")).exitCode).toBe(0);
    expect(await chosen("--env", "production")).toBe("acme-live");
    world.env["QBO_CONNECTION"] = "beta";
    expect((await qbo("token", "--env", "production", "--json")).error()).toMatchObject({ code: "NOT_CONNECTED" });
  });

  it("is the only one of the environment and the app that QBO_ENV and QBO_APP name", async () => {
    world.env["QBO_ENV"] = "production";
    expect(await chosen()).toBe("acme-live");
    world.env["QBO_ENV"] = "sandbox";
    expect((await qbo("token", "--json")).error().message).not.toContain("acme-live");
    world.env["QBO_APP"] = "second";
    expect(await chosen()).toBe("beta");
    world.env["QBO_ENV"] = "production";
    const none = (await qbo("token", "--json")).error();
    expect(none).toMatchObject({ code: "NOT_CONNECTED" });
    expect(none.message).toContain("in the environment production (set by QBO_ENV) of the app second (set by QBO_APP)");
  });

  it("is never one of another environment than QBO_ENV names, unless the command line names it", async () => {
    expect((await qbo("use", "beta")).exitCode).toBe(0);
    world.env["QBO_ENV"] = "production";
    expect(await chosen()).toBe("acme-live");
    expect(await chosen("beta")).toBe("beta");
    expect(await chosen("-c", "1002")).toBe("beta");
    expect(await chosen("1001")).toBe("acme-live");
    world.env["QBO_CONNECTION"] = "beta";
    const contradiction = (await qbo("token", "--json")).error();
    expect(contradiction).toMatchObject({ code: "NOT_CONNECTED", connection: "beta" });
    expect(contradiction.hint).toContain("Leave out QBO_ENV");
    expect(await chosen("--env", "sandbox")).toBe("beta");
  });

  it("may be of another environment than the configuration file prefers", async () => {
    mkdirSync(world.paths.config, { recursive: true });
    writeFileSync(join(world.paths.config, "config.json"), JSON.stringify({ environment: "emulator" }));
    expect(await chosen("--app", "second")).toBe("beta");
    const { connections } = (await qbo("status", "--json")).json<{ connections: object[] }>();
    expect(connections).toHaveLength(3);
  });

  it("are all of the environment that QBO_ENV names, for commands about many", async () => {
    world.env["QBO_ENV"] = "production";
    const { connections } = (await qbo("status", "--json")).json<{ connections: object[] }>();
    expect(connections).toHaveLength(1);
    expect(connections).toMatchObject([{ environment: "production" }]);
    const { results } = (await qbo("revoke", "--all", "--local-only", "--yes", "--json")).json<{ results: object[] }>();
    expect(results).toHaveLength(1);
    expect(await chosen("beta")).toBe("beta");
    expect(await chosen("acme")).toBe("acme");
  });

  it("is ambiguous when several fit: the candidates are named", async () => {
    const several = (await qbo("token", "--json")).error();
    expect(several).toMatchObject({ code: "AMBIGUOUS_CONNECTION", exitCode: 2 });
    expect(several.message).toContain("acme, acme-live, beta");
    const sandbox = (await qbo("token", "--env", "sandbox", "--json")).error();
    expect(sandbox.message).toContain("acme, beta");
    expect(sandbox.message).not.toContain("acme-live");
    expect((await qbo("token", "1001", "--json")).error()).toMatchObject({ code: "AMBIGUOUS_CONNECTION" });
  });

  it("is asked for at a terminal", async () => {
    world.script.isAttended = true;
    world.script.answers = [[/Which connection/, "beta"]];
    expect((await qbo("status", "beta", "--json")).exitCode).toBe(0);
    expect(await chosen()).toBe("beta");
    expect((await qbo("token", "--no-input", "--json")).error()).toMatchObject({ code: "AMBIGUOUS_CONNECTION" });
    world.env["CI"] = "1";
    expect((await qbo("token", "--json")).error()).toMatchObject({ code: "AMBIGUOUS_CONNECTION" });
  });

  it.each([
    [["gamma"], "NOT_CONNECTED", "Known here: acme, acme-live, beta"],
    [["9999"], "NOT_CONNECTED", "9999"],
    [["Acme"], "NOT_CONNECTED", "Acme"],
    [["../acme"], "NOT_CONNECTED", "../acme"],
    [["acme", "--env", "production"], "NOT_CONNECTED", "acme belongs to sandbox"],
    [["acme", "--app", "second"], "NOT_CONNECTED", "acme belongs to sandbox"],
    [["--env", "emulator"], "NOT_CONNECTED", "in the environment emulator"],
    [["acme", "-c", "beta"], "USAGE", "Two connections are named"],
    [["acme", "beta"], "USAGE", "oo many arguments"],
  ])("is an error for %j", async (words, code, message) => {
    const error = (await qbo("token", "--json", ...words)).error();
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  it("says which variable or file named one that does not exist", async () => {
    world.env["QBO_CONNECTION"] = "gone";
    expect((await qbo("token", "--json")).error().message).toContain("gone (set by QBO_CONNECTION)");
  });
});

describe("qbo use and rename", () => {
  it("make and keep a default", async () => {
    expect((await qbo("use", "1002", "--json")).json()).toMatchObject({
      connection: { name: "beta", isDefault: true },
    });
    const renamed = await qbo("rename", "beta", "gamma", "--json");
    expect(renamed.json()).toMatchObject({ previousName: "beta", connection: { name: "gamma", isDefault: true } });
    expect(await chosen()).toBe("beta");
    expect((await qbo("token", "beta", "--json")).error()).toMatchObject({ code: "NOT_CONNECTED" });
  });

  it.each(["acme", "Beta", "12", "sandbox", "a b", "..", "con"])("refuse the name %j", async (name) => {
    expect((await qbo("rename", "beta", name, "--json")).error()).toMatchObject({ code: "USAGE", exitCode: 2 });
    expect(await chosen("beta")).toBe("beta");
  });

  it("need a connection that exists", async () => {
    expect((await qbo("use", "gone", "--json")).error()).toMatchObject({ code: "NOT_CONNECTED" });
    expect((await qbo("rename", "gone", "new-name", "--json")).error()).toMatchObject({ code: "NOT_CONNECTED" });
    expect((await qbo("use", "--json")).error()).toMatchObject({ code: "USAGE" });
  });
});

describe("qbo token", () => {
  it("has formats for headers and shells", async () => {
    const print = async (...words: string[]) => (await qbo("token", "acme", ...words)).stdout;
    expect(await print("--format", "header")).toBe("Authorization: Bearer acme\n");
    expect(await print("--format", "env")).toBe(
      "export QBO_ACCESS_TOKEN='acme'\nexport QBO_REALM_ID='1001'\nexport QBO_ENVIRONMENT='sandbox'\n" +
        "export QBO_API_BASE_URL='https://sandbox-quickbooks.api.intuit.com'\n",
    );
    expect(await print("--format", "env", "--shell", "fish")).toContain("set -gx QBO_ACCESS_TOKEN 'acme'\n");
    expect(await print("--format", "env", "--shell", "powershell")).toContain("$env:QBO_ACCESS_TOKEN = 'acme'\n");
    expect(await print("--format", "env", "--shell", "cmd")).toContain('set "QBO_ACCESS_TOKEN=acme"\n');
  });

  it("answers --json with all that a script needs", async () => {
    const { expiresIn, ...rest } = (await qbo("token", "acme", "--json")).json();
    expect(rest).toEqual({
      accessToken: "acme",
      tokenType: "bearer",
      expiresAt: "2100-01-01T00:00:00Z",
      connection: "acme",
      realmId: "1001",
      environment: "sandbox",
      apiBaseUrl: expect.stringMatching(/^https:.*[^/]$/),
    });
    expect(expiresIn).toBeGreaterThan(3300);
  });

  it("reads the settings once: the choice and the rest go by the same", async () => {
    const { configFiles } = world.open(
      { json: false, quiet: true, verbose: false, debug: false, color: false, input: false },
      () => undefined,
    );
    let readings = 0;
    const readLayers = () => {
      readings += 1;
      return configFiles.readLayers();
    };
    Object.assign(world.replaced, { configFiles: { ...configFiles, readLayers } });
    expect([await chosen("acme"), readings]).toEqual(["acme", 1]);
  });

  it.each([
    ["--min-validity", "3301"],
    ["--min-validity", "-1"],
    ["--min-validity", "1.5"],
    ["--format", "xml"],
    ["--shell", "fish"],
    ["--unknown"],
  ])("refuses %s %s", async (...words) => {
    expect((await qbo("token", "acme", "--json", ...words)).error()).toMatchObject({ code: "USAGE", exitCode: 2 });
  });
});
