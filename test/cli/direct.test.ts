import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { parseDirectly } from "../../src/cli/direct.ts";
import { readFlagName } from "../../src/cli/flag-name.ts";
import { globalOptions } from "../../src/cli/globals.ts";
import type { Invocation } from "../../src/cli/invocation.ts";
import { parseWithCommander } from "../../src/cli/program.ts";
import { asQboError } from "../../src/core/errors.ts";

const allOptions = [...globalOptions, ...commands.flatMap(({ options }) => options)].map(({ flags }) => flags);
const globalKeys = new Set(globalOptions.map(({ flags }) => readFlagName(flags).key));

/** What a command gets to read. Global options are read before anything is parsed; `undefined` is as good as absent. */
function describeInvocation(invocation: Invocation): unknown {
  if (invocation.kind === "text") return invocation.format(80).slice(0, 40);
  const { command, raw } = invocation;
  // An option that takes something away is absent as long as it is not false.
  const negated = new Set(
    command.options.flatMap(({ flags }) => (flags.includes("--no-") ? readFlagName(flags).key : [])),
  );
  const flags = Object.entries(raw.flags).filter(
    ([key, value]) => !globalKeys.has(key) && value !== undefined && !(negated.has(key) && value === true),
  );
  return {
    command: command.name,
    arguments: raw.arguments.filter((word) => word !== undefined),
    program: raw.program,
    flags: Object.fromEntries(flags),
  };
}

function parseBoth(argv: readonly string[]): { direct: unknown; commander: unknown } | "abstained" {
  const direct = parseDirectly(argv, commands);
  if (!direct) return "abstained";
  try {
    return { direct: describeInvocation(direct), commander: describeInvocation(parseWithCommander(argv, "1.2.3")) };
  } catch (error) {
    return { direct: describeInvocation(direct), commander: asQboError(error)?.message ?? error };
  }
}

describe("the direct parser", () => {
  it.each([
    [["token"], {}],
    [["token", "acme"], {}],
    [["token", "-c", "acme", "--env", "sandbox"], { connection: "acme", env: "sandbox" }],
    [["token", "--min-validity", "60", "--json", "acme"], { minValidity: "60" }],
    [["token", "--format", "env", "--shell", "fish", "-q"], { format: "env", shell: "fish" }],
    [["token", "--no-input", "--no-color", "--debug"], {}],
    [["token", "-c", "a", "--connection", "b"], { connection: "b" }],
    [["status", "--json"], {}],
    [["login", "--no-browser", "--timeout", "9"], { browser: false, timeout: "9" }],
    [["app", "set", "--env", "sandbox"], { env: "sandbox" }],
    [["rename", "acme", "zenith"], {}],
    [["exec", "-c", "acme", "--json", "--", "ls", "-c", "other", "--env", "--", "-h"], { connection: "acme" }],
    [["exec", "--"], {}],
  ])("understands %j itself, and as commander does", (argv, flags) => {
    const both = parseBoth(argv);
    if (both === "abstained") throw new Error("abstained");
    expect(both.direct).toMatchObject({ flags });
    expect(both.direct).toEqual(both.commander);
  });

  it.each([
    [[]],
    [["app"]],
    [["use"]],
    [["rename", "acme"]],
    [["login", "--add-scope", "openid"]],
    [["toString"]],
    [["token", "--help"]],
    [["token", "-h"]],
    [["token", "-V"]],
    [["token", "--unknown"]],
    [["token", "--env"]],
    [["token", "--env", "--json"]],
    [["token", "--env=sandbox"]],
    [["token", "-cacme"]],
    [["token", "--", "acme"]],
    [["exec", "-c", "--", "ls"]],
    [["exec", "ls", "-l"]],
    [["token", "a", "b"]],
    [["token", "-"]],
    [["--json", "token"]],
  ])("leaves %j to commander", (argv) => {
    expect(parseDirectly(argv, commands)).toBeUndefined();
  });

  it("gives a program its words as they are, and takes none of them for itself", () => {
    const words = ["--env", "a", "--", "--help", "", "-V", "--json", "-c", "x"];
    const parsed = parseDirectly(["exec", "acme", "--", ...words], commands);
    expect(parsed).toMatchObject({ raw: { arguments: ["acme"], flags: {}, program: words } });
    expect(parseDirectly(["exec", "acme"], commands)).toMatchObject({ raw: { arguments: ["acme"] } });
    const own = parseWithCommander(["exec", "--env=a", "--", ...words], "1.2.3");
    expect(own).toMatchObject({ raw: { flags: { env: "a" }, program: words } });
  });

  it("never understands a command line otherwise than commander", () => {
    const oddFlags = "--color --input -h --help -V -- - --env=x -cx -qc --unknown --no-env --Json --en".split(" ");
    const known = allOptions.flatMap((flags) => flags.match(/--?[A-Za-z-]+/g) ?? []);
    const value = fc.oneof(
      fc.constantFrom("acme", "300", "sandbox", "help", "token", "", "-1"),
      fc.string({ maxLength: 6 }),
    );
    const word = fc.oneof(fc.constantFrom(...known, ...oddFlags), value);
    const name = fc.constantFrom(...commands.map((command) => command.name.split(" ")));
    const ownWord = (command: readonly string[]) => {
      const own = commands.find((candidate) => candidate.name === command.join(" "))?.options ?? [];
      const flags = own.flatMap((option) => option.flags.match(/--?[A-Za-z-]+/g) ?? []);
      return flags.length === 0 ? word : fc.oneof(fc.constantFrom(...flags), word);
    };
    const argv = name.chain((command) =>
      fc.array(ownWord(command), { maxLength: 6 }).map((words) => [...command, ...words]),
    );
    let understood = 0;
    fc.assert(
      fc.property(argv, (words) => {
        const both = parseBoth(words);
        if (both === "abstained") return;
        understood += 1;
        expect(both.direct).toEqual(both.commander);
      }),
      { numRuns: 4000 },
    );
    expect(understood).toBeGreaterThan(100);
  });
});
