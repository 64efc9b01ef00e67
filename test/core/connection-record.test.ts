import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFactsDecoder, decodeFacts, encodeFacts } from "../../src/core/connection-record.ts";
import { QboError } from "../../src/core/errors.ts";
import { anyFacts, exampleFacts } from "./example-facts.ts";
import { tellOutcome } from "./tell-outcome.ts";

const exampleText = encodeFacts(exampleFacts);

function failure(text: string): QboError {
  try {
    decodeFacts(text, "acme");
  } catch (error) {
    if (error instanceof QboError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** The example's text with the field at `path` replaced; removed when `value` is undefined. */
function withField(path: string, value: unknown): string {
  const record: unknown = JSON.parse(exampleText);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.reduce((object, key) => Reflect.get(Object(object), key), record);
  if (value === undefined) Reflect.deleteProperty(Object(parent), last);
  else Reflect.set(Object(parent), last, value);
  return JSON.stringify(record);
}

function listPaths(value: unknown, prefix = ""): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const entries: [string, unknown][] = Object.entries(value);
  return entries.flatMap(([key, inner]) => [`${prefix}${key}`].concat(listPaths(inner, `${prefix}${key}.`)));
}

const everyField = listPaths(JSON.parse(exampleText));

describe("encodeFacts and decodeFacts", () => {
  it("give back what was put in", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expect(decodeFacts(encodeFacts(facts), facts.name)).toEqual(facts);
      }),
    );
  });

  it("leave the name to the file and the ID to its parts", () => {
    expect(everyField).not.toContain("name");
    expect(everyField).not.toContain("id");
    expect(decodeFacts(exampleText, "other")).toMatchObject({ name: "other", id: exampleFacts.id });
  });

  it("write JSON that a person can read, with times in ISO 8601", () => {
    expect(exampleText).toContain('\n  "connectedAt": "2026-01-02T03:04:05Z",\n');
    expect(exampleText.endsWith("}\n")).toBe(true);
  });
});

describe("decodeFacts", () => {
  it("knows more than 40 fields", () => {
    expect(everyField.length).toBeGreaterThan(40);
  });

  it.each(everyField)("refuses a record without %s, or with something else in it", (path) => {
    for (const value of [undefined, { odd: 1 }, ["odd", 2], -1.5]) {
      const error = failure(withField(path, value));
      expect(error.code).toBe("STORE_CORRUPT");
      expect(error.message).toContain(path);
    }
  });

  it.each([
    ["realmId", "12a"],
    ["environment", "a/b"],
    ["clientId", ""],
    ["endpoints.token", "not an address"],
    ["endpoints.api", "file:///etc/passwd"],
    ["lastRefresh.outcome", "fine"],
    ["rejection.code", "toString"],
    ["connectedAt", "2026-01-02"],
  ])("refuses %s being %j", (path, value) => {
    expect(failure(withField(path, value))).toMatchObject({ code: "STORE_CORRUPT" });
  });

  it("leaves fields alone that it does not know", () => {
    expect(decodeFacts(withField("colour", "green"), "acme")).toEqual(exampleFacts);
  });

  it("refuses a record of a later version in its own words", () => {
    const error = failure(withField("version", 2));
    expect(error.code).toBe("STORE_CORRUPT");
    expect(error.message).toContain("written by a newer qbo");
    expect(error.hint).toContain("Update qbo");
  });

  it("gives facts or STORE_CORRUPT for any text", () => {
    const mutilated = fc
      .tuple(fc.nat(exampleText.length), fc.nat(20), fc.string({ unit: "binary" }))
      .map(([at, length, filling]) => exampleText.slice(0, at) + filling + exampleText.slice(at + length));
    const altered = fc
      .tuple(fc.constantFrom(...everyField), fc.jsonValue())
      .map(([path, value]) => withField(path, value));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json(), mutilated, altered), (text) => {
        expect(["done", "STORE_CORRUPT"]).toContain(tellOutcome(() => decodeFacts(text, "acme")));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a decoder of many records", () => {
  it("gives each record its own scopes and addresses, however alike those before were", () => {
    const lists = [["a", "b"], ["a", "b"], ["a"], ["a", "c"], ["b", "a"], [], ["a", "b"]];
    const records = lists.flatMap((scopes) =>
      ["https://one.example", "https://two.example"].map((api) => ({
        ...exampleFacts,
        scopes,
        endpoints: { ...exampleFacts.endpoints, api },
      })),
    );
    const decode = createFactsDecoder();
    for (const record of records) expect(decode(encodeFacts(record), record.name)).toEqual(record);
  });

  it.each([["[1]"], ['"a"'], ["null"], ["{}"]])("refuses scopes that are %s after sound ones", (scopes) => {
    const decode = createFactsDecoder();
    const sound = encodeFacts({ ...exampleFacts, scopes: [] });
    decode(sound, "acme");
    expect(tellOutcome(() => decode(sound.replace('"scopes": []', `"scopes": ${scopes}`), "acme"))).toBe(
      "STORE_CORRUPT",
    );
  });
});
