import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "../../src/cli/parse.ts";
import { run } from "../../src/cli/run.ts";
import { QboError } from "../../src/core/errors.ts";
import { start } from "../emulator/emulator-client.ts";
import { createHome, expectTypedEnd, expectTypedError, runQbo } from "./qbo-process.ts";

describe("the command line", () => {
  const commands =
    "login token refresh revoke whoami companyinfo status use rename import app set list show remove emulator store keygen help";
  const oddities = [
    "",
    " ",
    "-",
    "--",
    "---",
    "-x",
    "--=",
    "--json=1",
    "__proto__",
    "constructor",
    "toString",
    "$(id)",
    "`id`",
    "../..",
    "\u001b[31m",
    "\u202e",
    "a\nb",
    "é",
    "💥",
    "x".repeat(5000),
  ];
  const options =
    "--json --env --app -c --connection --all --yes --min-validity --format --shell --timeout --scopes --name --store --concurrency --expiring-within --state --fail-on --token-stdin --quiet --verbose --debug --no-color --no-input --no-browser --help --version";
  const word = fc.oneof(
    fc.constantFrom(...commands.split(" ")),
    fc.constantFrom(...options.split(" ")),
    fc.constantFrom(...oddities),
    fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", "")),
  );

  test("is understood or refused, whatever it is", async () => {
    expect.hasAssertions();
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (argv) => {
        const [stdout, stderr]: [string[], string[]] = [[], []];
        const exitCode = await run(argv, {
          version: "1.2.3",
          env: {},
          stdout: { write: (text) => stdout.push(text.toString()) },
          stderr: { write: (text) => stderr.push(text.toString()) },
          now: () => 0,
          parse,
          openWorld: () => {
            throw new QboError("NOT_CONNECTED", "This is as far as the command line alone leads.");
          },
        });
        expectTypedEnd({ exitCode, stdout: stdout.join(""), stderr: stderr.join("") });
      }),
      { numRuns: 1500 },
    );
  });

  test.each([
    [["--nonsense"], "--nonsense"],
    [["token", "--nonsense"], "--nonsense"],
    [["tokne"], "token"],
    [["app", "lst"], "app list"],
    [["token", "a", "b"], "token"],
    [["token", "--format", "xml"], "xml"],
    [["status", "--expiring-within", "soon"], "soon"],
    [["refresh", "--all", "c1"], "--all"],
    [["login", "--timeout", "0"], "0"],
    [["rename", "c1"], "name"],
    [["import"], "stdin"],
    [["import", "--file", "/nowhere/at/all.json"], "/nowhere/at/all.json"],
  ])("%j is wrong use, and says what", async (args, mention) => {
    const error = await expectTypedError(args, { home: createHome() });
    expect([args, error.exitCode]).toEqual([args, 2]);
    expect(`${error.message} ${error.hint}`).toContain(mention);
  });

  test("odd words reach the real program, too", async () => {
    expect.hasAssertions();
    const home = createHome();
    const sample = fc.sample(fc.array(word, { maxLength: 4 }), { numRuns: 30, seed: 20_260_101 });
    const isLasting = (argv: string[]) => argv.includes("emulator") || argv.includes("login");
    for (const argv of sample.filter((candidate) => !isLasting(candidate)))
      expectTypedEnd(await runQbo(argv, { home }));
  });
});

describe("the environment", () => {
  test.each([
    [{ QBO_ENV: "nowhere" }, ["login"], "nowhere"],
    [{ QBO_ENV: "\u001b[2J" }, ["login"], "QBO_ENV"],
    [{ QBO_STATE_DIR: "relative/folder" }, ["status"], "QBO_STATE_DIR"],
    [{ QBO_EMULATOR_URL: "https://emulator.example.com" }, ["login", "--env", "emulator"], "QBO_EMULATOR_URL"],
    [{ QBO_STORE: "drawer" }, ["login", "--env", "emulator"], "drawer"],
    [{ QBO_STORE_KEY: "short" }, ["login", "--env", "emulator", "--timeout", "1"], "QBO_STORE_KEY"],
    [{ QBO_REDIRECT_URI: "not a uri" }, ["login", "--env", "emulator"], "not a uri"],
    [{ QBO_CLIENT_ID: "a b" }, ["login", "--env", "sandbox"], "QBO_CLIENT_ID"],
  ])("%j is refused by name", async (env, args, mention) => {
    const options = { home: createHome(), emulator: await start() };
    const error = await expectTypedError(args, {
      ...options,
      env: { QBO_REDIRECT_URI: "http://localhost:1/", ...env },
    });
    expect([env, error.exitCode]).toEqual([env, 3]);
    expect(error.message).toContain(mention);
  });
});
