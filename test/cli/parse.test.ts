import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "../../src/cli/parse.ts";
import { runQbo } from "../world/run-qbo.ts";
import { createTestWorld } from "../world/test-world.ts";

const qbo = (...argv: string[]) => runQbo(argv, createTestWorld());

describe("the command line", () => {
  it.each([
    [["lgin"], "Did you mean qbo login?"],
    [["app", "lst"], "Did you mean qbo app list?"],
    [["stauts", "--json"], "Did you mean qbo status?"],
    [["xyzzyplugh"], "See qbo --help"],
    [["exec"], "after two dashes: qbo exec"],
    [["exec", "printenv"], "after two dashes: qbo exec"],
    [["exec", "ls", "-l"], "after two dashes: qbo exec -- <program…>"],
    [["exec", "python3", "report.py"], "after two dashes: qbo exec -- <program…>"],
    [["token", "--jsn"], "Did you mean --json? See qbo token --help"],
    [["certs", "untrust", "--yes"], "See qbo certs untrust --help"],
    [["certs", "--yes"], "See qbo certs --help"],
    [["comp"], "Did you mean qbo companyinfo or qbo completion?"],
    [["keygen"], "Did you mean qbo store keygen?"],
    [["confg"], "Did you mean qbo config?"],
    [["refresh", "--concurency", "2"], "Did you mean --concurrency?"],
    [["help", "exitcodes"], "Did you mean qbo help exit-codes?"],
    [["help", "stor"], "Did you mean qbo help stores, "],
    [["help", "nothing"], "Topics:"],
    [["help", "constructor"], "Topics:"],
    [["help", "__proto__"], "Topics:"],
    [["toString"], "See qbo --help"],
  ])("%j is a mistake, with what was meant", async (argv, hint) => {
    const outcome = await qbo(...argv, "--json");
    expect(outcome).toMatchObject({ exitCode: 2, stdout: "" });
    expect(outcome.error().code).toBe("USAGE");
    expect(outcome.error().hint).toContain(hint);
  });

  it.each([
    [["--", ""], "No program to run was given."],
    [["--evn", "x", "--", "ls"], "Did you mean --env? See qbo exec --help"],
  ])("exec %j is a mistake, told as text although the program gets --json", async (words, told) => {
    const outcome = await qbo("exec", ...words, "--json");
    expect(outcome).toMatchObject({ exitCode: 2, stdout: "" });
    expect(outcome.stderr).toContain(told);
  });

  it.each([
    [["login", "--env", "constructor"], "CONFIG_INVALID", "no environment named"],
    [["login", "--env", "__proto__"], "CONFIG_INVALID", "no environment named"],
    [["login", "--env", "sandbox", "--app", "constructor"], "APP_NOT_CONFIGURED", "No app is configured"],
    [["app", "show", "toString"], "APP_NOT_CONFIGURED", "no app named"],
    [["app", "set", "--app", "constructor"], "USAGE", "which environment"],
    [["app", "remove", "__proto__", "--yes"], "USAGE", "no configured app"],
  ])("%j names nothing that is configured", async (argv, code, message) => {
    const failed = (await qbo(...argv, "--json")).error();
    expect(failed.code).toBe(code);
    expect(failed.message).toContain(message);
  });

  it.each([["--version"], ["-V"], ["token", "--version"], ["app", "-V"]])(
    "%s %s prints the version",
    async (...argv) => {
      expect(await qbo(...argv)).toMatchObject({ exitCode: 0, stdout: "1.2.3\n", stderr: "" });
    },
  );

  it.each([[], ["--help"], ["-h"], ["help"], ["help", "--json"]])("%s %s prints the help", async (...argv) => {
    const outcome = await qbo(...argv);
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    expect(outcome.stdout).toContain("Usage: qbo <command> [options]");
  });

  it.each([
    [["login", "--help"], "Usage: qbo login "],
    [["login", "acme", "-h", "--json"], "Usage: qbo login "],
    [["help", "login"], "Usage: qbo login "],
    [["help", "app", "set"], "Usage: qbo app set "],
    [["app", "set", "-h"], "Usage: qbo app set "],
    [["app"], "Usage: qbo app <command>"],
    [["app", "--help"], "Usage: qbo app <command>"],
    [["help", "app"], "Usage: qbo app <command>"],
  ])("%j prints a command's help, and runs nothing", async (argv, usage) => {
    const outcome = await qbo(...argv);
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(outcome.stdout).toContain(usage);
  });

  it("is understood or refused, whatever it is", async () => {
    const word = fc.oneof(
      fc.constantFrom(
        "login",
        "app",
        "set",
        "status",
        "--json",
        "-c",
        "--env",
        "--",
        "-",
        "--all",
        "help",
        "__proto__",
      ),
      fc.string({ unit: "binary", maxLength: 12 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (argv) => {
        const outcome = await parse(argv, "1.2.3").then(
          ({ kind }) => kind,
          (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
        );
        expect(["command", "text", "USAGE"]).toContain(outcome);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a defect of ours", () => {
  it("ends with exit code 1 and a way to report it, never with a stack trace", async () => {
    const world = createTestWorld();
    Object.defineProperty(world.replaced, "facts", { enumerable: true, value: undefined });
    const outcome = await runQbo(["status", "--json"], world);
    expect(outcome).toMatchObject({ exitCode: 1, stdout: "" });
    expect(outcome.error().code).toBe("UNEXPECTED");
    expect(outcome.stderr).not.toContain("at ");
  });
});
