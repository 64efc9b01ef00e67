import { describe, expect, it } from "vitest";
import { readFlagName } from "../../src/cli/flag-name.ts";
import { readGlobals } from "../../src/cli/globals.ts";

const usual = { json: false, quiet: false, verbose: false, debug: false, color: true, input: true };

describe("readGlobals", () => {
  it.each([
    [[], {}],
    [["status", "--json", "-q"], { json: true, quiet: true }],
    [["--quiet", "--verbose", "--debug"], { quiet: true, verbose: true, debug: true }],
    [["--no-color", "--no-input"], { color: false, input: false }],
    [["exec", "--", "--json", "-q", "--no-color"], {}],
    [["exec", "--json", "--", "x"], { json: true }],
    [["--jsonx", "json"], {}],
  ])("reads %j", (argv, change) => {
    expect(readGlobals(argv, {})).toEqual({ ...usual, ...change });
  });

  it.each([
    [{ QBO_NO_INPUT: "1" }, { input: false }],
    [{ QBO_NO_INPUT: "true" }, { input: false }],
    [{ QBO_NO_INPUT: "0" }, {}],
    [{ QBO_NO_INPUT: "" }, {}],
    [{ QBO_DEBUG: "1" }, { debug: true }],
    [{ QBO_DEBUG: "false" }, {}],
  ])("reads the environment %j", (env, change) => {
    expect(readGlobals([], env)).toEqual({ ...usual, ...change });
  });
});

describe("readFlagName", () => {
  it.each([
    ["--json", { long: "json", short: undefined, takesValue: false, key: "json" }],
    ["-q, --quiet", { long: "quiet", short: "q", takesValue: false, key: "quiet" }],
    ["-c, --connection <name|realmId>", { long: "connection", short: "c", takesValue: true, key: "connection" }],
    ["--min-validity <seconds>", { long: "min-validity", short: undefined, takesValue: true, key: "minValidity" }],
    ["--id-token-stdin", { long: "id-token-stdin", short: undefined, takesValue: false, key: "idTokenStdin" }],
    ["--no-color", { long: "no-color", short: undefined, takesValue: false, key: "color" }],
  ])("reads %s", (flags, name) => {
    expect(readFlagName(flags)).toEqual(name);
  });
});
