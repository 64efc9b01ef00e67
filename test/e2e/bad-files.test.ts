import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { start } from "../emulator/emulator-client.ts";
import { listFiles, seed } from "./connections.ts";
import { createHome, expectTypedEnd, expectTypedError, type Home, readError, runQbo } from "./qbo-process.ts";

describe("the configuration file", () => {
  const cases: [string, string, number, string][] = [
    ["no JSON at all", "hello", 1, ""],
    ["an unfinished object", '{\n  "store": "file"\n', 3, ""],
    ["a comma too many", '{\n  "store": "file",\n}', 3, ""],
    ["a list", "[]", 1, "the content"],
    ["an unknown key", '{\n  "store": "file",\n  "stoer": "file"\n}', 3, '"stoer"'],
    ["a number for a text", '{\n\n  "environment": 5\n}', 3, '"environment"'],
    ["a text for a number", '{\n  "minValidity": "soon"\n}', 2, '"minValidity"'],
    ["a store that does not exist", '{\n  "store": "drawer"\n}', 2, '"store"'],
    [
      "an unknown key of an app",
      '{\n  "apps": {\n    "acme": {\n      "clientSecret": "s"\n    }\n  }\n}',
      4,
      "clientSecret",
    ],
    [
      "an environment without protection",
      '{\n  "environments": {\n    "mine": {\n      "tokenEndpoint": "http://example.com/"\n    }\n  }\n}',
      4,
      "tokenEndpoint",
    ],
    ["a prototype", '{\n  "__proto__": { "store": "file" }\n}', 2, "__proto__"],
    ["hostile text", '{\n  "\\u001b[31mred": 1\n}', 2, "\\u001b[31mred"],
  ];

  test.each(cases)("%s is told with file, key and line, and left alone", async (_, text, line, key) => {
    const home = createHome();
    const path = join(home.config, "config.json");
    writeFileSync(path, text);
    const error = await expectTypedError(["status"], { home });
    expect(error).toMatchObject({ code: "CONFIG_INVALID", exitCode: 3 });
    expect(error.message).toContain(path);
    expect(error.message).toContain(`line ${line}:`);
    expect(error.message).toContain(key);
    const set = await runQbo(["app", "set", "--env", "sandbox", "--client-id", "x", "--json"], { home });
    expect(readError(set).code).toBe("CONFIG_INVALID");
    expect(listFiles(home.config)).toEqual(["config.json"]);
  });

  test("any JSON value is read or refused", async () => {
    expect.hasAssertions();
    const home = createHome();
    for (const value of fc.sample(fc.json({ maxDepth: 3 }), { numRuns: 20, seed: 20_260_102 })) {
      writeFileSync(join(home.config, "config.json"), value);
      expectTypedEnd(await runQbo(["status"], { home }));
    }
  });

  test("a folder in its place is refused", async () => {
    const home = createHome();
    mkdirSync(join(home.config, "config.json"));
    expect((await expectTypedError(["status"], { home })).code).toBe("CONFIG_INVALID");
  });
});

describe("what lies on disk", () => {
  const commands = ["status", "token c1", "refresh c1", "revoke c1 --yes", "companyinfo c1", "refresh --all"];

  /** Puts `text` into the files of the state folder whose path begins so. */
  function overwrite({ state }: Home, beginning: string, text: string): void {
    const paths = listFiles(state).filter((found) => found.startsWith(beginning));
    expect([beginning, paths.length]).not.toEqual([beginning, 0]);
    for (const path of paths) writeFileSync(join(state, path), text);
  }

  test.each([
    ["facts", "connections/", ["", "{}", '{"version":99}', "\0\0\0", "x".repeat(1_000_000)]],
    ["sealed records", "secrets/connection-", ["", "{}", '{"version":99}', "x".repeat(1_000_000)]],
    ["the store's description", "secrets/store", ["", '{"version":99}']],
    ["the journal", "journal", ["[]\n", "\0"]],
  ])("%s that nobody can read end in an answer or an error, never in a stack trace", async (_, beginning, texts) => {
    expect.hasAssertions();
    const [home, emulator] = [createHome(), await start()];
    await seed({ home, emulator });
    for (const text of texts) {
      overwrite(home, beginning, text);
      const run = (command: string) => runQbo([...command.split(" "), "--json"], { home, emulator });
      for (const ended of await Promise.all(commands.map(run))) expectTypedEnd(ended);
    }
  });

  test("a damaged journal harms nothing", async () => {
    const [home, emulator] = [createHome(), await start()];
    await seed({ home, emulator });
    const journal = readdirSync(home.state).find((name) => name.startsWith("journal")) ?? "no journal";
    appendFileSync(join(home.state, journal), '{"torn": \n\0\0\nnull\n{"version":99}');
    expect((await runQbo(["refresh", "c1"], { home, emulator })).exitCode).toBe(0);
    expect((await runQbo(["status"], { home, emulator })).exitCode).toBe(0);
  });
});

describe("what is imported", () => {
  test("leaves nothing behind when it cannot be stored", async () => {
    const home = createHome();
    const stdin = JSON.stringify({ environment: "emulator", realmId: "1", refreshToken: "RT" });
    const ended = await runQbo(["import", "--stdin"], { home, stdin, env: { QBO_STORE_KEY: "short" } });
    expect(ended.exitCode).toBe(3);
    expect(listFiles(home.state).filter((path) => path.startsWith("connections/"))).toEqual([]);
  });

  test("is brought in or refused, whatever it is", async () => {
    expect.hasAssertions();
    const home = createHome();
    const token = fc.record({
      environment: fc.constant("emulator"),
      realmId: fc.oneof(fc.string(), fc.constant("1")),
      refreshToken: fc.oneof(fc.string(), fc.constant("RT")),
      name: fc.string(),
    });
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json(),
      token.map((entry) => JSON.stringify(entry)),
      fc.array(token).map((entries) => JSON.stringify(entries)),
    );
    for (const stdin of fc.sample(text, { numRuns: 24, seed: 20_260_103 }))
      expectTypedEnd(await runQbo(["import", "--stdin", "--no-refresh"], { home, stdin }));
  });
});
