import { describe, expect, it } from "vitest";
import { readNeeds } from "../../scripts/needs.mjs";

describe("what a suite needs", () => {
  it("stands on the first line of its file", () => {
    expect(readNeeds("a.test.ts", '// needs: secret-service, chromium\nimport "x";')).toEqual([
      "secret-service",
      "chromium",
    ]);
  });

  it("is nothing when the first line does not say so", () => {
    expect(readNeeds("a.test.ts", 'import "x";\n// needs: chromium')).toEqual([]);
  });

  it("is refused when nobody knows how to provide it", () => {
    expect(() => readNeeds("a.test.ts", "// needs: firefox")).toThrow('a.test.ts needs "firefox"');
  });
});
