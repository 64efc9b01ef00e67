import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinPieces, parsePiece, splitIntoPieces } from "../../../src/adapters/vault/keychain-pieces.ts";

const line = fc.string({ unit: "binary", minLength: 1, maxLength: 20 }).filter((text) => !text.includes("\n"));
const value = fc.tuple(line, fc.string({ unit: "binary", maxLength: 600 })).map(([first, rest]) => `${first}\n${rest}`);

describe("pieces of a value", () => {
  it("fit their entries, cut no character, and give the value back", () => {
    fc.assert(
      fc.property(value, fc.integer({ min: 130, max: 400 }), (text, maxBytes) => {
        const entries = splitIntoPieces(text, maxBytes);
        for (const entry of entries) {
          expect(Buffer.byteLength(entry)).toBeLessThanOrEqual(maxBytes);
          expect(Buffer.from(entry).toString()).toBe(entry);
        }
        expect(joinPieces(entries.map(parsePiece))).toBe(text);
      }),
    );
  });

  it("hold the first line whole in the first piece", () => {
    fc.assert(
      fc.property(value, (text) => {
        const [head = ""] = splitIntoPieces(text, 130);
        expect(parsePiece(head).body.startsWith(`${text.split("\n")[0]}\n`)).toBe(true);
      }),
    );
  });

  it("of two writes do not join", () => {
    const [headOfOne = ""] = splitIntoPieces(`a\n${"a".repeat(200)}`, 130);
    const [, ...restOfOther] = splitIntoPieces(`a\n${"a".repeat(200)}`, 130);
    expect(joinPieces([headOfOne, ...restOfOther].map(parsePiece))).toBeUndefined();
  });
});
