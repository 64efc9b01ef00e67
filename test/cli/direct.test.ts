import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDirectly } from "../../src/cli/direct.ts";
import { readFlagName } from "../../src/cli/flag-name.ts";
import { globalOptions } from "../../src/cli/globals.ts";
import type { Invocation } from "../../src/cli/invocation.ts";
import { parseWithCommander } from "../../src/cli/program.ts";
import { asQboError } from "../../src/core/errors.ts";

const globalKeys = new Set(globalOptions.map(({ flags }) => readFlagName(flags).key));

/** What a command gets to read. Global options are read before anything is parsed; `undefined` is as good as absent. */
function describeInvocation(invocation: Invocation): unknown {
  if (invocation.kind === "text") return invocation.text.slice(0, 40);
  const { command, raw } = invocation;
  const flags = Object.entries(raw.flags).filter(([key, value]) => !globalKeys.has(key) && value !== undefined);
  return {
    command: command.name,
    arguments: raw.arguments.filter((word) => word !== undefined),
    flags: Object.fromEntries(flags),
  };
}

function parseBoth(argv: readonly string[]): { direct: unknown; commander: unknown } | "abstained" {
  const direct = parseDirectly(argv);
  if (!direct) return "abstained";
  try {
    return { direct: describeInvocation(direct), commander: describeInvocation(parseWithCommander(argv, "1.2.3")) };
  } catch (error) {
    return { direct: describeInvocation(direct), commander: asQboError(error)?.message ?? error };
  }
}

describe("the direct parser of qbo token", () => {
  it.each([
    [["token"], {}],
    [["token", "acme"], {}],
    [["token", "-c", "acme", "--env", "sandbox"], { connection: "acme", env: "sandbox" }],
    [["token", "--min-validity", "60", "--json", "acme"], { minValidity: "60" }],
    [["token", "--format", "env", "--shell", "fish", "-q"], { format: "env", shell: "fish" }],
    [["token", "--no-input", "--no-color", "--debug"], {}],
    [["token", "-c", "a", "--connection", "b"], { connection: "b" }],
  ])("understands %j itself, and as commander does", (argv, flags) => {
    const both = parseBoth(argv);
    if (both === "abstained") throw new Error("abstained");
    expect(both.direct).toMatchObject({ command: "token", flags });
    expect(both.direct).toEqual(both.commander);
  });

  it.each([
    [[]],
    [["status"]],
    [["token", "--help"]],
    [["token", "-h"]],
    [["token", "-V"]],
    [["token", "--unknown"]],
    [["token", "--env"]],
    [["token", "--env", "--json"]],
    [["token", "--env=sandbox"]],
    [["token", "-cacme"]],
    [["token", "--", "acme"]],
    [["token", "a", "b"]],
    [["token", "-"]],
    [["--json", "token"]],
  ])("leaves %j to commander", (argv) => {
    expect(parseDirectly(argv)).toBeUndefined();
  });

  it("never understands a command line otherwise than commander", () => {
    const flag = fc.constantFrom(
      ..."-c --connection --env --app --min-validity --format --shell --json -q --quiet --verbose --debug".split(" "),
      ..."--no-color --no-input --color --input -h --help -V -- - --env=x -cx -qc --unknown --no-env --Json --en".split(
        " ",
      ),
    );
    const value = fc.oneof(
      fc.constantFrom("acme", "300", "sandbox", "help", "token", "", "-1"),
      fc.string({ maxLength: 6 }),
    );
    const argv = fc.array(fc.oneof(flag, value), { maxLength: 7 }).map((words) => ["token"].concat(words));
    let understood = 0;
    fc.assert(
      fc.property(argv, (words) => {
        const both = parseBoth(words);
        if (both === "abstained") return;
        understood += 1;
        expect(both.direct).toEqual(both.commander);
      }),
      { numRuns: 3000 },
    );
    expect(understood).toBeGreaterThan(100);
  });
});
