import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makePrintable } from "../../src/core/printable.ts";

const text = fc.string({ unit: "binary", maxLength: 60 });

describe("makePrintable", () => {
  it.each([
    ["plain text, äöü and 株式会社", "plain text, äöü and 株式会社"],
    ["a\u001b[31mred", "a\\u001b[31mred"],
    ["line\r\nline\t", "line\\u000d\\u000aline\\u0009"],
    ["\u202egnp.exe", "\\u202egnp.exe"],
    ["zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"],
    ["\u0000\u007f\u009b", "\\u0000\\u007f\\u009b"],
    ["half \ud83d a pair", "half \\ud83d a pair"],
    ["whole \u{1f600} pair", "whole \u{1f600} pair"],
  ])("shows %j as %j", (given, shown) => {
    expect(makePrintable(given)).toBe(shown);
  });

  it("leaves nothing that moves a cursor, hides or reorders text", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 80 }), (given, limit) => {
        const shown = makePrintable(given, limit);
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        expect(Buffer.from(shown, "utf8").toString("utf8")).toBe(shown);
        expect(shown.length).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 2000 },
    );
  });

  it("cuts no character in half", () => {
    expect(makePrintable("\u{1f600}\u{1f600}", 3)).toBe("\u{1f600}…");
    expect(makePrintable("\u{1f600}\u{1f600}", 2)).toBe("…");
  });

  it("changes nothing that is printable and short", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{0,60}$/), (given) => {
        expect(makePrintable(given)).toBe(given);
      }),
    );
  });

  it("changes what it made no further", () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(makePrintable(makePrintable(given))).toBe(makePrintable(given));
      }),
    );
  });
});
