import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createConfigFiles } from "../../src/adapters/config-files/config-files.ts";
import { asQboError, type QboError } from "../../src/core/errors.ts";
import { useTemporaryFolder } from "./driver.ts";

const makeFolder = useTemporaryFolder();

function makeFile(text?: string) {
  const home = makeFolder();
  const folder = join(home, "config");
  const place = { workingFolder: undefined, home };
  const systemPath = join(home, "system.json");
  const files = createConfigFiles({ folder, place, systemPath, uid: undefined, warn: () => undefined });
  if (text !== undefined) {
    mkdirSync(folder);
    writeFileSync(files.userPath, text);
  }
  return { files, path: files.userPath, read: () => readFileSync(files.userPath, "utf8") };
}

async function fail(work: () => Promise<unknown>): Promise<QboError> {
  const error = await work().then(
    () => undefined,
    (reason: unknown) => asQboError(reason),
  );
  if (!error) throw new Error("nothing was thrown");
  return error;
}

describe("the configuration file", () => {
  it("is none where there is none", async () => {
    expect(await makeFile().files.readUser()).toBeUndefined();
  });

  it("is read where an editor of Windows has begun it with a byte order mark", async () => {
    expect((await makeFile('\uFEFF{"environment":"sandbox"}').files.readUser())?.config).toEqual({
      environment: "sandbox",
    });
  });

  it.each([
    ['{\n"environment":"sandbox",\n"environment":"production"}', '"environment"', 3],
    ['{"apps":{"a":{"clientId":"A",\n"clientId":"B"}}}', '"clientId"', 2],
    // Otherwise the first would not be seen at all.
    ['{"apps":{"a":{"clientSecret":"s"}},\n\n"apps":{}}', '"apps"', 3],
    ['{"app":"a:b","\\u0061pp":"c"}', '"app"', 1],
  ])("names the second of two keys, which one would not know which counts: %s", async (text, key, line) => {
    const { files, read } = makeFile(text);
    const error = await fail(() => files.readUser());
    expect(error).toMatchObject({ code: "CONFIG_INVALID" });
    expect(error.message).toContain(`at line ${line}: ${key} stands there a second time`);
    await fail(() => files.set("user", ["environment"], "sandbox"));
    expect(read()).toBe(text);
  });

  it("is read with every key that there is", async () => {
    const config = {
      environment: "sandbox",
      app: "main",
      connection: "acme",
      store: "file",
      scopes: ["openid"],
      redirectUri: "https://localhost:8722/callback",
      minValidity: 0,
      callbackTimeout: 60,
      apps: { main: { environment: "sandbox", clientId: "ABc123", redirectUri: "x", scopes: [] } },
      environments: {
        own: {
          discoveryUrl: "https://own.example/discovery",
          authorizationEndpoint: "https://own.example/a",
          tokenEndpoint: "http://localhost:1/t",
          revocationEndpoint: "http://127.0.0.1:1/r",
          userinfoEndpoint: "http://[::1]:1/u",
          jwksUri: "https://own.example/j",
          issuer: "https://own.example",
          apiBaseUrl: "https://api.own.example",
        },
      },
    };
    const { files, path } = makeFile(JSON.stringify(config, undefined, "\t"));
    expect(await files.readUser()).toEqual({ path, layer: "user", config });
  });

  it.each([
    ['{\n  "colour": 1\n}', 2, '"colour" is not a known key'],
    ['{"apps": {\n  "main": {\n    "clientSecret": "s"\n  }\n}}', 3, '"apps.main.clientSecret" is a secret'],
    ['{\n\n  "minValidity": "300"\n}', 3, '"minValidity" must be a number'],
    ['{\n  "minValidity": 3301\n}', 2, '"minValidity" is too large'],
    ['{\n  "minValidity": 1.5\n}', 2, '"minValidity" must be whole seconds'],
    ['{\n  "callbackTimeout": 0\n}', 2, '"callbackTimeout" is too small'],
    ['{\n  "environment": "Sandbox"\n}', 2, '"environment" must be lower-case'],
    ['{\n  "scopes": "openid"\n}', 2, '"scopes" must be a list'],
    ['{\n  "scopes": [\n    "openid",\n    "a b"\n  ]\n}', 4, '"scopes.1" must be a list of scopes'],
    ['{\n  "apps": {\n    "Main": {}\n  }\n}', 3, '"apps.Main" must be lower-case'],
    ['{\n  "apps": []\n}', 2, '"apps" must be an object'],
    ['{\n  "apps": {\n    "a": 1\n  }\n}', 3, '"apps.a" must be an object'],
    ['{\n  "connection": ""\n}', 2, '"connection" must not be empty'],
    [
      '{"environments": {\n  "own": {\n    "tokenEndpoint": "http://own.example"\n  }\n}}',
      3,
      "must be an https address",
    ],
    [
      '{"environments": {\n  "own": {\n    "apiBaseUrl": "https://u:p@own.example"\n  }\n}}',
      3,
      "must be an https address",
    ],
    ["[]", 1, "the content must be an object"],
    ["null", 1, "the content must be an object"],
    ["", 1, "not valid JSON"],
    ['{\n  "store": "file",\n}', 3, "not valid JSON"],
    ['{\n  // a remark\n  "store": "file"\n}', 2, "not valid JSON"],
    ['{\n  "store": "file"\n  "app": "a"\n}', 3, "not valid JSON"],
  ])("is refused with file, line and key: %j", async (text, line, words) => {
    const { files, path, read } = makeFile(text);
    const error = await fail(() => files.readUser());
    expect(error).toMatchObject({ code: "CONFIG_INVALID", exitCode: 3 });
    expect(error.message).toContain(`${path} is wrong at line ${line}: `);
    expect(error.message).toContain(words);

    expect((await fail(() => files.setUser(["store"], "file"))).code).toBe("CONFIG_INVALID");
    expect(read()).toBe(text);
  });

  it("repeats nothing hostile of it", async () => {
    const { files } = makeFile(JSON.stringify({ ["a\u001b[2J\n"]: 1 }));
    expect((await fail(() => files.readUser())).message).toContain('"a\\u001b[2J\\u000a"');
  });

  it("cannot be read where it is a folder", async () => {
    const { files, path } = makeFile();
    mkdirSync(path, { recursive: true });
    expect((await fail(() => files.readUser())).message).toContain("cannot be read");
  });

  it("is a configuration or CONFIG_INVALID, whatever stands in it", async () => {
    const keys = fc.constantFrom("environment", "apps", "environments", "scopes", "minValidity", "__proto__", "x");
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json(),
      fc.dictionary(keys, fc.jsonValue()).map((value) => JSON.stringify(value)),
    );
    const { files, path } = makeFile("{}");
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        writeFileSync(path, content);
        const outcome = await files.readUser().then(
          (file) => typeof file?.config,
          (error: unknown) => asQboError(error)?.code,
        );
        expect(["object", "CONFIG_INVALID"]).toContain(outcome);
      }),
      { numRuns: 300 },
    );
  });
});

describe("setting a value", () => {
  it("begins a file for its owner alone", async () => {
    const { files, path, read } = makeFile();
    await files.setUser(["apps", "sandbox"], { clientId: "ABc123" });
    expect(read()).toBe('{\n  "apps": {\n    "sandbox": {\n      "clientId": "ABc123"\n    }\n  }\n}\n');
    const isPrivate = process.platform === "win32" || (statSync(path).mode & 0o777) === 0o600;
    expect(isPrivate).toBe(true);
  });

  it("leaves all else as it stands: order, spaces, lines", async () => {
    const text = '{\n    "store":   "file",\n\n    "apps": { "a": {"clientId":"x"} },\n    "connection": "acme"\n}\n';
    const { files, read } = makeFile(text);
    await files.setUser(["connection"], "beta");
    expect(read()).toBe(text.replace('"acme"', '"beta"'));
    await files.setUser(["connection"], "acme");
    expect(read()).toBe(text);
  });

  it("removes a value, and nothing when there is none", async () => {
    const { files, read } = makeFile('{\n  "store": "file",\n  "connection": "acme"\n}\n');
    await files.setUser(["connection"], undefined);
    expect(JSON.parse(read())).toEqual({ store: "file" });
    await files.setUser(["connection"], undefined);
    await files.setUser(["apps", "none"], undefined);
    expect(JSON.parse(read())).toEqual({ store: "file" });
  });

  it("keeps what was set, whatever it is", async () => {
    const { files } = makeFile();
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 40 }), async (connection) => {
        await files.setUser(["connection"], connection);
        expect((await files.readUser())?.config.connection).toBe(connection);
      }),
      { numRuns: 50 },
    );
  });
});
