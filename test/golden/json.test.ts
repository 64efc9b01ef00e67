import { describe, expect, it } from "vitest";
import { describeShape } from "./describe-shape.ts";
import { readShapeFiles } from "./shape-files.ts";
import { tellOfMachine } from "./stories/machine.ts";
import { tellOfContinuedRun, tellOfDamage, tellOfMany } from "./stories/many.ts";
import { tellOneLife } from "./stories/one-life.ts";

// What scripts read, as files. After a change on purpose: npm run test:unit -- -u test/golden, then read the difference.
// Keys may be added; test/golden/contract.test.ts holds those that may never go. test/golden/every-json.test.ts holds that none is missing.

/** Shapes that only the built program and a real database give: test/e2e/demo.test.ts and test/e2e/postgres-team.test.ts. */
const elsewhere = ["demo", "store-init", "store-init-current"];

describe("the JSON of", () => {
  it("every command is as it was, and there is no file of something that is gone", async () => {
    const kept = new Set<string>();
    for (const tell of [tellOneLife, tellOfMany, tellOfContinuedRun, tellOfDamage, tellOfMachine]) await tell(kept);
    const names = readShapeFiles().map(({ file }) => file.replace(/^json-|\.txt$/g, ""));
    expect(names.toSorted()).toEqual([...kept, ...elsewhere].toSorted());
  });
});

describe("a shape", () => {
  it("is told by keys and kinds, never by values", () => {
    const document = { at: "2026-01-02T03:04:05Z", list: [{ a: 1 }, { a: 2 }, { a: null }], none: [], flag: true };
    expect(describeShape(document)).toBe(
      "{\n  at: time\n  list: [\n    {\n      a: null\n    }\n    {\n      a: number\n    }\n  ]\n  none: []\n  flag: boolean\n}",
    );
  });
});
