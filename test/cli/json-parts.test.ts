import fc from "fast-check";
import { expect, it } from "vitest";
import { stringifyInParts } from "../../src/cli/json-parts.ts";

const join = (document: unknown) => [...stringifyInParts(document)].join("");

it("gives what JSON.stringify gives, whatever the document is", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(join(value)).toBe(JSON.stringify(value, undefined, 2));
    }),
  );
});

it.each([0, 1, 200, 201, 400, 401, 999])("and a document that means the same of a list of %i, in parts", (length) => {
  const element = (index: number) =>
    fc.sample(fc.oneof(fc.jsonValue(), fc.constant({}), fc.constant([]), fc.constant("a\nb"), fc.constant(undefined)), {
      numRuns: 1,
      seed: index,
    })[0];
  const document = { connections: Array.from({ length }, (_, index) => element(index)) };
  expect(JSON.parse(join(document))).toEqual(JSON.parse(JSON.stringify(document)));
  const parts = [...stringifyInParts(document)];
  expect(parts.length).toBe(length > 200 ? 1 + Math.ceil(length / 200) : 1);
  if (length > 200) expect(join(document).split("\n").length).toBe(length + 4);
});
