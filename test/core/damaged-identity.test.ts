import * as fc from "fast-check";
import { expect, it } from "vitest";
import { encodeFacts } from "../../src/core/connection-record.ts";
import { identifyDamaged } from "../../src/core/damaged-identity.ts";
import { exampleFacts } from "./example-facts.ts";

const sound: Record<string, unknown> = JSON.parse(encodeFacts(exampleFacts));

it("tells whose a record is of which something else is damaged", () => {
  expect(identifyDamaged(JSON.stringify({ ...sound, scopes: 7, tokens: null }))).toBe(exampleFacts.id);
});

it.each([
  ["of a later version, in which words may mean something else", { ...sound, version: 2 }],
  ["without a version", { ...sound, version: undefined }],
  ["without an environment", { ...sound, environment: "" }],
  ["whose client ID holds the separator", { ...sound, clientId: "a/b" }],
  ["whose realm ID is a number", { ...sound, realmId: 9341 }],
  ["that is a list", [sound]],
  ["that is nothing", null],
])("says nothing of a record %s", (_what, record) => {
  expect(identifyDamaged(JSON.stringify(record))).toBeNull();
});

it("says nothing of what breaks off, and fails at no text", () => {
  const text = JSON.stringify(sound);
  const torn = fc.nat(text.length - 1).map((end) => text.slice(0, end));
  fc.assert(
    fc.property(fc.oneof(torn, fc.string()), (found) => {
      expect(identifyDamaged(found)).toBeNull();
    }),
  );
});
