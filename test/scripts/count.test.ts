import { describe, expect, it } from "vitest";
import { countTests, formatCount } from "../../scripts/count.mjs";

function makeFile(status: string, ...tests: string[]) {
  return { status, assertionResults: tests.map((each) => ({ status: each })) };
}

describe("the count of the tests", () => {
  it("adds up what each file reports", () => {
    const testResults = [
      makeFile("passed", "passed", "passed"),
      makeFile("failed", "passed", "failed", "skipped", "todo"),
    ];
    expect(countTests({ testResults }, 0)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  it("counts a file that broke before its tests as a failure", () => {
    const testResults = [makeFile("failed"), makeFile("failed", "passed")];
    expect(countTests({ testResults }, 0)).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });

  it("counts a file that was left out as skipped", () => {
    expect(countTests({ testResults: [makeFile("passed", "passed")] }, 2).skipped).toBe(2);
  });

  it("is one line that names skipped tests only when there are some", () => {
    expect(formatCount({ passed: 123, failed: 0, skipped: 0 })).toBe("123 passed, 0 failed");
    expect(formatCount({ passed: 1, failed: 2, skipped: 3 })).toBe("1 passed, 2 failed, 3 skipped");
  });
});
