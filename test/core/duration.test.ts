import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../src/core/duration.ts";

describe("parseDuration", () => {
  it.each([
    ["90", 90],
    ["90s", 90],
    ["15m", 900],
    ["12h", 43_200],
    ["30d", 2_592_000],
    ["2w", 1_209_600],
    [" 5m ", 300],
    ["0", 0],
  ])("reads %j as %i s", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(["", "d", "-1d", "1.5h", "1 d", "1D", "1y", "1h30m", "soon", "9999999999"])("refuses %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it("gives whole seconds or nothing for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(Number.isSafeInteger(parseDuration(text) ?? 0)).toBe(true);
      }),
    );
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0 s"],
    [59.9, "59 s"],
    [60, "1 min"],
    [3599, "59 min"],
    [3600, "1 h"],
    [11_520, "3 h 12 min"],
    [47 * 3600 + 60, "47 h"],
    [48 * 3600, "2 days"],
    [729 * 86_400, "729 days"],
    [5 * 365.25 * 86_400 - 3600, "5 years"],
    [2.5 * 365.25 * 86_400, "2.5 years"],
  ])("says %d s as %j", (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words);
  });
});
