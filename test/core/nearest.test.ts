import { describe, expect, it } from "vitest";
import { findNear, findNearest } from "../../src/core/nearest.ts";

const words = ["status", "store", "token", "companyinfo", "completion", "config", "login"];

describe("findNear", () => {
  it.each([
    ["stauts", ["status"]],
    ["st", ["status", "store"]],
    ["comp", ["companyinfo", "completion"]],
    ["tken", ["token"]],
    ["xyzzyplugh", []],
    ["", []],
  ])("takes %j for %j", (word, expected) => {
    expect(findNear(word, words)).toEqual(expected);
  });

  it("names several that are equally near, and three at most", () => {
    expect(findNear("cat", ["bat", "dog", "hat", "mat", "rat"])).toEqual(["bat", "hat", "mat"]);
  });
});

describe("findNearest", () => {
  it("names one, or none", () => {
    expect(findNearest("confg", words)).toBe("config");
    expect(findNearest("xyzzyplugh", words)).toBeUndefined();
  });
});
