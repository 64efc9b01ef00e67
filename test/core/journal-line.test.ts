import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeJournalLine, encodeJournalLine } from "../../src/core/journal-line.ts";
import { journalEventNames } from "../../src/core/journal-event.ts";
import type { JournalEvent } from "../../src/core/journal-event.ts";

const text = fc.option(fc.string({ unit: "binary" }));
const tameText = fc.option(fc.stringMatching(/^[ -~]{0,400}$/));

const eventWith = (any: fc.Arbitrary<string | null>): fc.Arbitrary<JournalEvent> =>
  fc.record({
    at: fc.integer({ min: 0, max: Date.parse("9999-12-31T23:59:59.999Z") }),
    connection: any,
    event: fc.constantFrom(...journalEventNames),
    outcome: any,
    tokenBefore: any,
    tokenAfter: any,
    intuitTid: any,
    host: fc.stringMatching(/^[a-z.]{1,40}$/),
    pid: fc.nat(),
    detail: any,
  });

describe("encodeJournalLine and decodeJournalLine", () => {
  it("give back an event of printable text", () => {
    fc.assert(
      fc.property(eventWith(tameText), (event) => {
        expect(decodeJournalLine(encodeJournalLine(event))).toEqual(event);
      }),
    );
  });

  it("make one line of any event, in which nothing can move a cursor", () => {
    fc.assert(
      fc.property(eventWith(text), (event) => {
        const line = encodeJournalLine(event);
        expect(line.indexOf("\n")).toBe(line.length - 1);
        expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      }),
    );
  });
});

describe("decodeJournalLine", () => {
  const line = encodeJournalLine({
    at: 0,
    connection: "sandbox/a/1",
    event: "refreshed",
    outcome: "ok",
    tokenBefore: null,
    tokenAfter: "0123456789ab",
    intuitTid: null,
    host: "here",
    pid: 1,
    detail: null,
  });

  it("gives an event or nothing for any line", () => {
    const mutilated = fc
      .tuple(fc.nat(line.length), fc.nat(20), fc.string({ unit: "binary" }))
      .map(([at, length, filling]) => line.slice(0, at) + filling + line.slice(at + length));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json(), mutilated), (hostile) => {
        expect([...journalEventNames, undefined]).toContain(decodeJournalLine(hostile)?.event);
      }),
      { numRuns: 1000 },
    );
  });

  it("gives nothing for a line torn anywhere, nor for an event that it does not know", () => {
    for (let end = 0; end < line.length - 2; end += 1) expect(decodeJournalLine(line.slice(0, end))).toBeUndefined();
    expect(decodeJournalLine(line.replace("refreshed", "exploded"))).toBeUndefined();
  });

  it("makes text printable that somebody else wrote into the file", () => {
    expect(decodeJournalLine(line.replace('"ok"', '"\\u001b[2J"'))?.outcome).toBe("\\u001b[2J");
  });
});
