import { describe, expect, it } from "vitest";
import type { Config } from "../../src/core/config.ts";
import { asQboError } from "../../src/core/errors.ts";
import { readSettings, type SettingFlags } from "../../src/flows/settings.ts";
import { createShutWorld } from "../world/shut-world.ts";

function read(config: Config | undefined, env: Record<string, string> = {}, flags: SettingFlags = {}) {
  const path = "/config.json";
  const configFiles = {
    userPath: path,
    readUser: async () => config && { path, config },
    setUser: async () => undefined,
  };
  return readSettings(createShutWorld({ env, configFiles }), flags);
}

const config: Config = {
  environment: "from-file",
  app: "from-file",
  connection: "from-file",
  store: "from-file",
  scopes: ["from-file"],
  redirectUri: "from-file",
  minValidity: 60,
  callbackTimeout: 30,
};
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
  it("are taken from flag, variable, file, in this order, and say from where", async () => {
    const sources = { "from-file": "/config.json", "from-env": /^QBO_/, "from-flag": /^--/ };
    for (const [settings, winner] of [
      [await read(config, env, flags), "from-flag"],
      [await read(config, env), "from-env"],
      [await read(config), "from-file"],
    ] as const) {
      for (const name of names) {
        expect([name, [settings[name]?.value].flat()]).toEqual([name, [winner]]);
        expect(settings[name]?.source).toMatch(sources[winner]);
      }
    }
  });

  it("are built in, or nobody's, otherwise", async () => {
    expect(await read(undefined)).toEqual({
      environment: undefined,
      app: undefined,
      connection: undefined,
      store: { value: "keychain", source: "built-in" },
      scopes: undefined,
      redirectUri: undefined,
      minValidity: { value: 300, source: "built-in" },
      callbackTimeout: { value: 300, source: "built-in" },
      apps: {},
      environments: {},
      clientId: undefined,
    });
    expect(await read(config)).toMatchObject({
      minValidity: { value: 60, source: "/config.json" },
      callbackTimeout: { value: 30, source: "/config.json" },
    });
  });

  it("take an empty variable for none", async () => {
    const empty = Object.fromEntries(Object.keys(env).map((name) => [name, ""]));
    expect((await read(config, empty)).environment?.value).toBe("from-file");
  });

  it("read scopes and a client from variables", async () => {
    const settings = await read(undefined, { QBO_SCOPES: "openid, profile openid", QBO_CLIENT_ID: "ABc123" });
    expect(settings.scopes).toEqual({ value: ["openid", "profile"], source: "QBO_SCOPES" });
    expect(settings.clientId).toEqual({ value: "ABc123", source: "QBO_CLIENT_ID" });
  });

  it.each([
    ["QBO_ENV", "Sandbox"],
    ["QBO_ENV", "../x"],
    ["QBO_APP", "a b"],
    ["QBO_SCOPES", " , "],
    ["QBO_SCOPES", "open\u00efd"],
  ])("refuse %s=%j by name", async (name, value) => {
    const error = await read(undefined, { [name]: value }).catch((reason: unknown) => asQboError(reason));
    expect(error).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining(name) });
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
