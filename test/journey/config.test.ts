import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runQbo } from "../world/run-qbo.ts";
import { createTestWorld, type TestWorld } from "../world/test-world.ts";

interface Entry {
  key: string;
  value: unknown;
  source: string;
  file: string | null;
  line: number | null;
  needsYes: boolean;
}

function openWorld(env: Record<string, string> = {}) {
  const world = createTestWorld(env);
  const qbo = (...argv: string[]) => runQbo(argv, world);
  const list = async () => (await qbo("config", "list", "--json")).json<{ settings: Entry[] }>().settings;
  const get = async (key: string) => (await qbo("config", "get", key)).stdout;
  return { world, qbo, list, get, userPath: join(world.paths.config, "config.json") };
}

function write(world: TestWorld, path: string, lines: string[]): string {
  const full = join(world.folder, path);
  mkdirSync(join(full, ".."), { recursive: true });
  writeFileSync(full, lines.join("\n"));
  return full;
}

describe("qbo config list", () => {
  it("tells every setting with its value, its source and its line", async () => {
    const { world, list, qbo } = openWorld({ QBO_ENV: "sandbox" });
    const project = write(world, ".qbo.json", [
      '{ "connection": "acme",',
      '  "redirectUri": "https://a.example.com/cb" }',
    ]);
    const user = write(world, "config/config.json", ["{", '  "environment": "production",', '  "minValidity": 60 }']);
    const system = write(world, "system/config.json", ['{"apps": {', '  "reports": {', '    "clientId": "ABc" } } }']);
    const settings = await list();
    const find = (key: string) => settings.filter((entry) => entry.key === key);
    const at = (key: string, value: unknown, source: string, line: number | null, needsYes = false) => [
      { key, value, source, file: line === null ? null : source, line, needsYes },
    ];
    expect(find("environment")).toEqual(at("environment", "sandbox", "QBO_ENV", null));
    expect(find("connection")).toEqual(at("connection", "acme", project, 1));
    expect(find("minValidity")).toEqual(at("minValidity", 60, user, 3));
    expect(find("callbackTimeout")).toEqual(at("callbackTimeout", 300, "built-in", null));
    expect(find("app")).toEqual(at("app", null, "not set", null));
    expect(find("apps.reports.clientId")).toEqual(at("apps.reports.clientId", "ABc", system, 3));
    expect(find("redirectUri")).toEqual([
      ...at("redirectUri", "https://localhost:8722/callback", "built-in", null),
      ...at("redirectUri", "https://a.example.com/cb", project, 2, true),
    ]);
    const table = (await qbo("config", "list")).stdout;
    expect(table).toMatch(/^KEY +VALUE +SOURCE$/m);
    expect(table).toMatch(new RegExp(`^connection +acme +${project}:1$`, "m"));
    expect(table).toMatch(/^redirectUri .*\(login asks first\)$/m);
  });

  it("tells of secrets that they are set, and no password of an address", async () => {
    const { qbo, list } = openWorld({
      QBO_CLIENT_ID: "ABc",
      QBO_CLIENT_SECRET: "hunter2hunter2",
      QBO_STORE_KEY: "hunter3hunter3",
      QBO_STORE: "postgres://user:hunter4@db.example.com/qbo?password=hunter5",
      HTTPS_PROXY: "http://me:hunter6@proxy.example.com:3128",
    });
    const settings = await list();
    const tell = (key: string) => settings.find((entry) => entry.key === key)?.value;
    expect(tell("QBO_CLIENT_SECRET")).toBe("set");
    expect(tell("QBO_STORE_KEY")).toBe("set");
    expect(tell("QBO_CLIENT_ID")).toBe("ABc");
    expect(tell("store")).toBe("postgres://user@db.example.com:5432/qbo");
    expect(tell("HTTPS_PROXY")).toBe("http://***@proxy.example.com:3128");
    for (const words of [["list"], ["list", "--json"], ["get", "store"], ["get", "store", "--json"]]) {
      const { stdout, stderr } = await qbo("config", ...words);
      expect(stdout + stderr).not.toContain("hunter");
    }
  });
});

describe("qbo config get", () => {
  it("prints the value alone", async () => {
    const { get, qbo, world } = openWorld();
    write(world, "config/config.json", ['{"scopes": ["openid", "email"], "apps": {"a": {"clientId": "ABc"}}}']);
    expect(await get("scopes")).toBe("openid email\n");
    expect(await get("minValidity")).toBe("300\n");
    expect(await get("apps.a.clientId")).toBe("ABc\n");
    expect((await qbo("config", "get", "minValidity", "--json")).json()).toEqual({
      key: "minValidity",
      value: 300,
      source: "built-in",
      file: null,
      line: null,
    });
  });

  it("prints nothing for what is not set, with exit 3", async () => {
    const { qbo } = openWorld();
    const unset = await qbo("config", "get", "connection");
    expect([unset.exitCode, unset.stdout]).toEqual([3, ""]);
    expect(unset.stderr).toContain("connection is not set");
    expect((await qbo("config", "get", "apps.none.clientId")).exitCode).toBe(3);
    expect((await qbo("config", "get", "connection", "--json")).json()).toMatchObject({ value: null });
  });
});

describe("the files of a certificate", () => {
  it("are named by user and machine, with absolute paths, and by no project", async () => {
    const { qbo, get, world } = openWorld();
    expect((await qbo("config", "set", "tlsCert", "cert.pem", "--json")).error()).toMatchObject({
      message: expect.stringContaining("must be an absolute path"),
    });
    expect((await qbo("config", "set", "tlsKey", "/etc/qbo/key.pem")).exitCode).toBe(0);
    expect(await get("tlsKey")).toBe("/etc/qbo/key.pem\n");
    expect((await qbo("config", "set", "tlsKey", "/etc/passwd", "--project", "--json")).error()).toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("cannot stand in a project file"),
    });
    write(world, ".qbo.json", ['{ "tlsKey": "/etc/passwd" }']);
    expect((await qbo("status", "--json")).error()).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining('"tlsKey" cannot stand in a project file'),
    });
  });
});

describe("qbo config set and unset", () => {
  it("change the user's file and leave the rest as it is", async () => {
    const { qbo, get, world, userPath } = openWorld();
    write(world, "config/config.json", ["{", '    "minValidity":   60,', '    "store": "file"', "}", ""]);
    const changed = await qbo("config", "set", "environment", "sandbox");
    expect(changed.stdout).toContain(`Set environment to sandbox in ${userPath}`);
    expect(readFileSync(userPath, "utf8")).toContain('    "minValidity":   60,');
    expect(await get("environment")).toBe("sandbox\n");
    await qbo("config", "set", "scopes", "openid com.intuit.quickbooks.accounting");
    await qbo("config", "set", "apps.reports.redirectUri", "https://connect.example.com/callback");
    await qbo("config", "set", "callbackTimeout", "60");
    expect(JSON.parse(readFileSync(userPath, "utf8"))).toEqual({
      minValidity: 60,
      store: "file",
      environment: "sandbox",
      scopes: ["openid", "com.intuit.quickbooks.accounting"],
      apps: { reports: { redirectUri: "https://connect.example.com/callback" } },
      callbackTimeout: 60,
    });
    expect((await qbo("config", "unset", "minValidity", "--json")).json()).toMatchObject({
      written: userPath,
      setting: { key: "minValidity", value: 300, source: "built-in" },
    });
    expect((await qbo("config", "unset", "minValidity")).exitCode).toBe(0);
  });

  it("change the files of project and machine", async () => {
    const { qbo, get, world } = openWorld();
    await qbo("config", "set", "connection", "acme", "--project");
    expect(JSON.parse(readFileSync(join(world.folder, ".qbo.json"), "utf8"))).toEqual({ connection: "acme" });
    await qbo("config", "set", "minValidity", "900", "--system");
    expect(JSON.parse(readFileSync(join(world.folder, "system/config.json"), "utf8"))).toEqual({ minValidity: 900 });
    expect([await get("connection"), await get("minValidity")]).toEqual(["acme\n", "900\n"]);
    const proposed = await qbo("config", "set", "redirectUri", "https://a.example.com/cb", "--project");
    expect(proposed.stderr).toContain("qbo login asks before it uses that");
    const hidden = await qbo("config", "set", "connection", "beta");
    expect(hidden.stderr).toContain("connection is acme all the same");
    await qbo("config", "unset", "connection", "--project");
    expect(await get("connection")).toBe("beta\n");
  });

  it.each([
    [["minvalidity", "1"], "Did you mean minValidity?"],
    [["apps.a.redirecturi", "x"], "Did you mean apps.a.redirectUri?"],
    [["apps.a", "x"], "Settings are apps.a."],
    [["apps.__proto__.clientId", "x"], ""],
    [["__proto__", "x"], "Settings are environment, app"],
    [["constructor", "x"], ""],
    [["minValidity", "soon"], ""],
    [["minValidity", "4000"], ""],
    [["environment", "sandbx"], "Did you mean sandbox?"],
    [["environments.sandbox.issuer", "https://a.example.com"], "Choose another name"],
    [["environments.own.tokenEndpoint", "http://a.example.com"], ""],
    [["store", "drawer"], ""],
    [["store", "postgres://u:hunter2@db.example.com/qbo"], "QBO_STORE"],
    [["scopes", ""], ""],
    [["apps.a.clientId", "a/b"], ""],
    [["store", "file", "--project"], "leave out --project"],
    [["connection", "a", "--project", "--system"], ""],
    [["clientSecret", "hunter2"], "--client-secret-stdin"],
    [["apps.a.client_secret", "hunter2"], "--client-secret-stdin"],
    [["environment"], ""],
  ])("refuse %j, and write nothing", async (words, hint) => {
    const { qbo, list } = openWorld();
    const error = (await qbo("config", "set", "--json", ...words)).error();
    expect(error).toMatchObject({ code: "USAGE", exitCode: 2 });
    expect(error.hint).toContain(hint);
    expect(`${error.message} ${error.hint}`).not.toContain("hunter2");
    expect((await list()).filter(({ file }) => file !== null)).toEqual([]);
  });

  it("take out a built-in environment that a file redefines, and set none", async () => {
    const { qbo, world, userPath } = openWorld();
    write(world, "config/config.json", ['{ "environments": { "sandbox": {', '"issuer": "https://a.example.com" } } }']);
    const login = ["login", "--env", "sandbox", "--start", "--json"];
    const error = (await qbo(...login)).error();
    expect(error).toMatchObject({ code: "CONFIG_INVALID", hint: expect.stringContaining("qbo config list") });
    expect((await qbo("config", "list")).stdout).toContain(`${userPath}:2`);
    expect((await qbo("config", "unset", "environments.sandbox.issuer")).exitCode).toBe(0);
    expect((await qbo(...login)).error().code).toBe("APP_NOT_CONFIGURED");
  });

  it("never rewrite a faulty file", async () => {
    const { qbo, world } = openWorld();
    const path = write(world, "config/config.json", ['{ "colour": 1 }']);
    expect((await qbo("config", "set", "environment", "sandbox", "--json")).error().code).toBe("CONFIG_INVALID");
    expect((await qbo("config", "unset", "colour", "--json")).error().code).toBe("USAGE");
    expect(readFileSync(path, "utf8")).toBe('{ "colour": 1 }');
  });

  it("let the secret of a client go that nobody needs any more", async () => {
    const { qbo, world } = openWorld();
    world.stdin = "the-secret";
    await qbo("app", "set", "--env", "sandbox", "--client-id", "old", "--client-secret-stdin");
    const isKnown = async () => {
      const { apps } = (await qbo("app", "list", "--json")).json<{
        apps: { clientId: string; hasSecret: boolean }[];
      }>();
      return apps.find(({ clientId }) => clientId === "old")?.hasSecret;
    };
    expect(await isKnown()).toBe(true);
    await qbo("config", "set", "apps.sandbox.clientId", "new");
    await qbo("config", "set", "apps.sandbox.clientId", "old");
    expect(await isKnown()).toBe(false);
  });
});

describe("an app in the machine's file", () => {
  it("is listed with its source, overridden, and not removed", async () => {
    const { qbo, world, userPath } = openWorld();
    const system = write(world, "system/config.json", ['{"apps": {"sandbox": {"clientId": "machine"}}}']);
    const show = async () => (await qbo("app", "show", "sandbox", "--json")).json();
    expect(await show()).toMatchObject({ app: { clientId: "machine", source: system } });
    expect((await qbo("app", "remove", "sandbox", "--yes", "--json")).error().message).toContain(system);
    await qbo("app", "set", "--env", "sandbox", "--client-id", "site");
    expect(await show()).toMatchObject({ app: { clientId: "site", source: userPath } });
    expect((await qbo("app", "remove", "sandbox", "--yes")).exitCode).toBe(0);
    expect(await show()).toMatchObject({ app: { clientId: "machine" } });
  });
});
