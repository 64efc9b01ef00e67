import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { answerCompletion, type CompletionDoors } from "../../src/cli/completion.ts";
import { anyFacts, exampleFacts } from "../core/example-facts.ts";

const connections = [
  exampleFacts,
  { ...exampleFacts, name: "globex", environment: "production", app: "reports", companyName: null },
];

function openDoors(facts = connections): CompletionDoors {
  const config = { apps: { reports: {}, "$(touch x)": {} }, environments: { staging: {}, "a b": {} } };
  return {
    facts: { survey: () => Promise.resolve({ facts, damaged: [] }) },
    configFiles: { readLayers: () => Promise.resolve([{ path: "/config.json", layer: "user", config }]) },
  };
}

async function complete(...words: string[]): Promise<string[]> {
  return completeFor("zsh", words);
}

async function completeFor(shell: string, words: string[]): Promise<string[]> {
  const answer = await answerCompletion({ shell, words }, openDoors());
  const [kind = "", ...lines] = answer.trimEnd().split("\n");
  return kind === ":words" ? lines.map((line) => line.split("\t")[0] ?? "") : [kind];
}

describe("what may be typed next", () => {
  it.each([
    [["ref"], ["refresh"]],
    [["nothing-like-it"], []],
    [["nonsense", ""], []],
    [["--json", "whoa"], ["whoami"]],
    [["--no-c"], ["--no-color"]],
    [["store", "re"], ["rekey"]],
    [["store", "rekey", "--new"], ["--new-key-stdin"]],
    [
      ["help", "sto"],
      ["stores", "store"],
    ],
    [["help", "store", "key"], ["keygen"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish", "powershell"],
    ],
    [["config", "get", "min"], ["minValidity"]],
    [
      ["login", "--env", ""],
      ["sandbox", "production", "emulator", "staging"],
    ],
    [["login", "--env=st"], ["--env=staging"]],
    [
      ["login", "--app", ""],
      ["reports", "sandbox"],
    ],
    [["app", "show", "r"], ["reports"]],
    [
      ["token", ""],
      ["acme", "globex"],
    ],
    [["token", "-c", "g"], ["globex"]],
    [["token", "--connection=a"], ["--connection=acme"]],
    [["token", "--env", "production", ""], ["globex"]],
    [["token", "--app=sandbox", ""], ["acme"]],
    [["token", "acme", "--min-validity", "60", "--sh"], ["--shell"]],
    [["rename", "acme", "new-"], []],
    [["store", "move", "acme", "glo"], ["globex"]],
    [["status", "--fail-on", "ready,rec"], ["ready,reconnect"]],
    [["status", "--state=ready,re"], ["--state=ready,reconnect"]],
    [
      ["api", "-X", "P"],
      ["POST", "PUT", "PATCH"],
    ],
    [["login", "--scopes", "em"], ["email"]],
    [["login", "--tls-cert", ""], [":files"]],
    [["schedule", "--output", ""], [":folders"]],
    [["status", "--", ""], [":files"]],
    [["exec", "--", "pyth"], [":programs"]],
    [["--json", "exec", "-c", "acme", "--", ""], [":programs"]],
    [["exec", "--", "python3", ""], [":files"]],
    [["exec", "--", "env", "--", ""], [":files"]],
    [
      ["exec", "--env", ""],
      ["sandbox", "production", "emulator", "staging"],
    ],
    [["login", "--timeout", ""], []],
  ])("after %j: %j", async (words, expected) => {
    expect(await complete(...words)).toEqual(expected);
  });

  it("is an option only once, unless it may be repeated", async () => {
    expect(await complete("status", "--all", "--al")).toEqual([]);
    expect(await complete("login", "--add-scope", "openid", "--add")).toEqual(["--add-scope"]);
    expect(await complete("token", "-c", "acme", "--conn")).toEqual([]);
  });

  it("is an option where no argument can stand", async () => {
    expect(await complete("demo", "")).toEqual(expect.arrayContaining(["--browser", "--json", "--help"]));
  });
});

describe("the words as a shell hands them over", () => {
  it.each([
    ["bash", ["login", "--env", "=", "st"], ["staging"]],
    ["bash", ["login", "--env", "="], ["sandbox", "production", "emulator", "staging"]],
    ["bash", ["store", "move", "--to", "pos"], ["postgres://"]],
    ["bash", ["store", "move", "--to", "postgres", ":", "/"], ["//"]],
    ["bash", ["login", "--env=st"], ["--env=staging"]],
    ["bash", ["login", "--env", "=", '"st'], ["staging"]],
    ["bash", ["config", "set", "'env"], ["environment"]],
    ["zsh", ["login", '"--env"', "st"], ["staging"]],
    ["fish", ["login", "--env", "'st"], ["staging"]],
    ["powershell", ["+login", "+--env", "+"], ["sandbox", "production", "emulator", "staging"]],
  ])("of %s, %j, lead to %j", async (shell, words, expected) => {
    expect(await completeFor(shell, words)).toEqual(expected);
  });
});

describe("whatever is typed, stored or configured", () => {
  it("is answered in lines of harmless words, with text that moves nothing on a terminal", async () => {
    const known = commands.flatMap(({ name, options }) => [
      ...name.split(" "),
      ...options.map(({ flags }) => /--[a-z-]+/.exec(flags)?.[0] ?? ""),
    ]);
    const word = fc.oneof(fc.constantFrom(...known, "--", "=", ":", "-c"), fc.string({ unit: "binary", maxLength: 8 }));
    const shell = fc.constantFrom("bash", "zsh", "fish", "powershell", "other");
    const request = fc.record({ shell, words: fc.array(word, { maxLength: 5 }) });
    await fc.assert(
      fc.asyncProperty(request, fc.array(anyFacts, { maxLength: 4 }), async (asked, facts) => {
        const answer = await answerCompletion(asked, openDoors(facts));
        expect(answer).toMatch(/^:(words|files|folders|programs)\n([\w.,:=@+/-]+(\t[^\p{Cc}\u2028\u202e]*)?\n)*$/u);
      }),
      { numRuns: 500 },
    );
  });

  it("is left out where it cannot be read", async () => {
    const fail = () => Promise.reject(new Error("damaged"));
    const doors: CompletionDoors = { facts: { survey: fail }, configFiles: { readLayers: fail } };
    expect(await answerCompletion({ shell: "zsh", words: ["token", ""] }, doors)).toBe(":words\n");
    expect(await answerCompletion({ shell: "zsh", words: ["login", "--env", "em"] }, doors)).toBe(":words\nemulator\n");
  });
});

/** Placeholders of what only the person knows, and of numbers. */
const free =
  "- address duration format header id key=value list ms n name path port scheme://host:port seconds select uri value";
const live = "environment app connection name|realmId file folder";

describe("the values of every option and argument", () => {
  it("are known words, known names, or said to be free", () => {
    const known = new Set(`${free} ${live}`.split(" "));
    const options = commands.flatMap((command) =>
      command.options.filter(({ words }) => !words).map(({ flags }) => /<(.*)>/.exec(flags)?.[1]),
    );
    const places = commands.flatMap((command) =>
      command.arguments.filter(({ words }) => !words).map(({ name }) => name.replace("...", "")),
    );
    const unknown = [...options, ...places].filter((name) => name !== undefined && !known.has(name));
    expect([...new Set(unknown)]).toEqual([]);
  });
});
