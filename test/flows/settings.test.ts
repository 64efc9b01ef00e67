import { describe, expect, it } from "vitest";
import type { Config, ConfigFile, ConfigLayer } from "../../src/core/config.ts";
import { asQboError } from "../../src/core/errors.ts";
import { resolveApp } from "../../src/flows/apps/apps.ts";
import { readSettings, type SettingFlags, withProject } from "../../src/flows/settings.ts";
import { createShutWorld } from "../world/shut-world.ts";

type Layers = Partial<Record<ConfigLayer, Config>>;

function read(layers: Layers = {}, env: Record<string, string> = {}, flags: SettingFlags = {}) {
  const files = (["project", "user", "system"] as const).flatMap((layer): ConfigFile[] => {
    const found = layers[layer];
    return found ? [{ path: `/${layer}.json`, layer, config: found }] : [];
  });
  const configFiles = {
    userPath: "/user.json",
    readLayers: async () => files,
    readUser: async () => files.find(({ layer }) => layer === "user"),
    setUser: async () => undefined,
    set: async () => "/user.json",
    findLine: async () => null,
  };
  return readSettings(createShutWorld({ env, configFiles }), flags);
}

const fill = (from: string): Config => ({
  environment: from,
  app: from,
  connection: from,
  store: from,
  scopes: [from],
  redirectUri: from,
  minValidity: 60,
  callbackTimeout: 30,
});
const choice = { environment: "project", app: "project", connection: "project", scopes: ["project"] };
const [user, system] = [fill("user"), fill("system")];
const env = {
  QBO_ENV: "from-env",
  QBO_APP: "from-env",
  QBO_CONNECTION: "from-env",
  QBO_STORE: "from-env",
  QBO_SCOPES: "from-env",
  QBO_REDIRECT_URI: "from-env",
};
const flags: SettingFlags = {
  environment: "from-flag",
  app: "from-flag",
  connection: "from-flag",
  store: "from-flag",
  scopes: ["from-flag"],
  redirectUri: "from-flag",
};
const names = ["environment", "app", "connection", "store", "scopes", "redirectUri"] as const;

describe("settings", () => {
  it("are taken from flag, variable, project, user, system, in this order, and say from where", async () => {
    const all: Layers = { project: choice, user, system };
    const tell = async (layers: Layers, variables: Record<string, string> = {}, given: SettingFlags = {}) => {
      const settings = await read(layers, variables, given);
      return names.map((name) => [settings[name]?.value].flat().join(" "));
    };
    expect(await tell(all, env, flags)).toEqual(names.map(() => "from-flag"));
    expect(await tell(all, env)).toEqual(names.map(() => "from-env"));
    expect(await tell(all)).toEqual(["project", "project", "project", "user", "project", "user"]);
    expect(await tell({ user, system })).toEqual(names.map(() => "user"));
    expect(await tell({ system })).toEqual(names.map(() => "system"));
    expect(await tell(all, {}, { withoutProject: true })).toEqual(names.map(() => "user"));

    const { app, store, environment, connection } = await read(all, { QBO_APP: "from-env" }, { environment: "x" });
    expect([environment, app, connection, store]).toEqual([
      { value: "x", source: "--env", layer: "flag" },
      { value: "from-env", source: "QBO_APP", layer: "variable" },
      { value: "project", source: "/project.json", layer: "project" },
      { value: "user", source: "/user.json", layer: "user" },
    ]);
  });

  it("are built in, or nobody's, otherwise", async () => {
    const builtIn = (value: unknown) => ({ value, source: "built-in", layer: "built-in" });
    expect(await read()).toEqual({
      environment: undefined,
      app: undefined,
      connection: undefined,
      store: builtIn("keychain"),
      scopes: undefined,
      redirectUri: undefined,
      minValidity: builtIn(300),
      callbackTimeout: builtIn(300),
      apps: {},
      environments: {},
      clientId: undefined,
      files: [],
      project: undefined,
    });
    expect((await read({ user })).minValidity.value).toBe(60);
  });

  it("take an empty variable for none", async () => {
    const empty = Object.fromEntries(Object.keys(env).map((name) => [name, ""]));
    expect((await read({ user }, empty)).environment?.value).toBe("user");
  });

  it("read scopes and a client from variables", async () => {
    const settings = await read({}, { QBO_SCOPES: "openid, profile openid", QBO_CLIENT_ID: "ABc123" });
    expect(settings.scopes).toEqual({ value: ["openid", "profile"], source: "QBO_SCOPES", layer: "variable" });
    expect(settings.clientId).toEqual({ value: "ABc123", source: "QBO_CLIENT_ID", layer: "variable" });
  });

  it.each([
    ["QBO_ENV", "Sandbox"],
    ["QBO_ENV", "../x"],
    ["QBO_APP", "a b"],
    ["QBO_SCOPES", " , "],
    ["QBO_SCOPES", "open\u00efd"],
  ])("refuse %s=%j by name", async (name, value) => {
    const error = await read({}, { [name]: value }).catch((reason: unknown) => asQboError(reason));
    expect(error).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining(name) });
  });
});

describe("a client of a nearer layer", () => {
  const machine: Config = {
    redirectUri: "https://machine.example.com/cb",
    apps: { sandbox: { clientId: "machine", redirectUri: "https://m.example.com/cb", scopes: ["openid"] } },
  };
  const resolve = async (layers: Layers, environment = "sandbox", flagsOf: SettingFlags = {}) => {
    const { name, clientId, redirectUri, source } = resolveApp(await read(layers, {}, flagsOf), { name: environment });
    return { name, clientId, redirectUri: redirectUri.text, source };
  };

  it("takes the place of the farther one, of which nothing is left", async () => {
    const site: Config = { apps: { sandbox: { clientId: "site", redirectUri: "https://s.example.com/cb" } } };
    expect(await resolve({ user: site, system: machine })).toEqual({
      name: "sandbox",
      clientId: "site",
      redirectUri: "https://s.example.com/cb",
      source: "/user.json",
    });
    const { apps } = await read({ user: { apps: { sandbox: { clientId: "site" } } }, system: machine });
    expect(apps).toEqual({ sandbox: { clientId: "site" } });
  });

  it("also under a name of its own", async () => {
    const site: Config = { apps: { site: { environment: "sandbox", clientId: "site" } } };
    expect(await resolve({ user: site, system: machine })).toMatchObject({ name: "site", clientId: "site" });
    expect(await resolve({ user: site, system: machine }, "sandbox", { app: "sandbox" })).toMatchObject({
      clientId: "machine",
      source: "/system.json",
    });
  });

  it("has to be named where the layer has several", async () => {
    const two: Config = {
      apps: { a: { environment: "sandbox", clientId: "a" }, b: { environment: "sandbox", clientId: "b" } },
    };
    const error = await resolve({ user: two, system: machine }).catch((reason: unknown) => asQboError(reason));
    expect(error).toMatchObject({ code: "USAGE", message: expect.stringContaining("a, b") });
  });

  it("is added to by what is said of the same client", async () => {
    const site: Config = { apps: { sandbox: { redirectUri: "https://s.example.com/cb" } } };
    expect(await resolve({ user: site, system: machine })).toMatchObject({
      clientId: "machine",
      redirectUri: "https://s.example.com/cb",
    });
    expect((await resolve({ system: machine })).redirectUri).toBe("https://machine.example.com/cb");
  });

  it("stays a proposal in a project's file", async () => {
    const project: Config = { redirectUri: "https://evil.example/cb", apps: { sandbox: { clientId: "evil" } } };
    const settings = await read({ project, system: machine });
    expect(settings).toMatchObject({ apps: machine.apps, redirectUri: { value: machine.redirectUri } });
    expect(resolveApp(settings, { name: "sandbox" }).clientId).toBe("machine");
    const agreed = withProject(settings);
    expect(resolveApp(agreed, { name: "sandbox" })).toMatchObject({ clientId: "evil", source: "/project.json" });
    expect(agreed.redirectUri?.value).toBe("https://evil.example/cb");
    const given = withProject(await read({ project }, {}, { redirectUri: "https://mine.example.com/cb" }));
    expect(given.redirectUri?.value).toBe("https://mine.example.com/cb");
  });
});

describe("the shut world", () => {
  it("throws at the touch of a door that was not opened, and can be copied without", () => {
    const world = createShutWorld({ env: {} });
    for (const open of [() => world.http(), () => world.clock, () => world.openStore("file"), () => world.prompter]) {
      expect(open).toThrow(/is shut/);
    }
    expect({ ...world }).toEqual({ env: {} });
  });
});
