import * as fc from "fast-check";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { QboError } from "../../src/core/errors.ts";
import { Secret } from "../../src/core/secret.ts";
import { decodeTokens, encodeTokens } from "../../src/core/token-record.ts";
import type { Tokens } from "../../src/core/tokens.ts";
import { tellOutcome } from "./tell-outcome.ts";

const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index));
const token = (maxLength: number) => fc.string({ unit: fc.constantFrom(...printable), minLength: 1, maxLength });
const instant = fc.integer({ min: 0, max: Date.parse("9999-12-31T23:59:59.999Z") });
const secret = (maxLength: number) => token(maxLength).map((value) => new Secret(value));

const anyTokens: fc.Arbitrary<Tokens> = fc.record({
  generation: fc.nat(),
  accessToken: fc.option(fc.record({ secret: secret(4096), expiresAt: instant })),
  refreshToken: fc.record({
    secret: secret(512),
    expiresAt: fc.option(instant),
    rotatedAt: instant,
    hardExpiresAt: fc.option(instant),
  }),
});

/** Tokens with their secrets laid open, so that two can be compared. */
function open({ generation, accessToken, refreshToken }: Tokens) {
  return {
    generation,
    accessToken: accessToken && { ...accessToken, secret: accessToken.secret.reveal() },
    refreshToken: { ...refreshToken, secret: refreshToken.secret.reveal() },
  };
}

const example: Tokens = {
  generation: 7,
  accessToken: { secret: new Secret("access-token-1"), expiresAt: Date.parse("2026-01-02T04:04:05Z") },
  refreshToken: {
    secret: new Secret("refresh-token-1"),
    expiresAt: Date.parse("2026-04-11T03:04:05Z"),
    rotatedAt: Date.parse("2026-01-02T03:04:05Z"),
    hardExpiresAt: null,
  },
};

const [firstLine = ""] = encodeTokens(example).split("\n");

function failure(work: () => unknown): QboError {
  try {
    work();
  } catch (error) {
    if (error instanceof QboError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("encodeTokens and decodeTokens", () => {
  it("give back what was put in", () => {
    fc.assert(
      fc.property(anyTokens, (tokens) => {
        expect(open(decodeTokens(encodeTokens(tokens)))).toEqual(open(tokens));
      }),
    );
  });

  it("use two lines, the second being the access token alone", () => {
    expect(encodeTokens(example).split("\n")).toEqual([firstLine, "access-token-1"]);
    expect(encodeTokens({ ...example, accessToken: null }).split("\n")).toEqual([expect.any(String), ""]);
    expect(firstLine).not.toContain("access-token-1");
  });

  it("keep the first line below 2,500 bytes, whatever a refresh token of 512 characters is made of", () => {
    const refreshToken = { ...example.refreshToken, secret: new Secret('"'.repeat(512)), hardExpiresAt: 1 };
    const [line = ""] = encodeTokens({ ...example, generation: Number.MAX_SAFE_INTEGER, refreshToken }).split("\n");
    expect(Buffer.byteLength(line)).toBeLessThan(2500);
  });

  it("read the record of version 1 as it is on users' disks", () => {
    expect(firstLine).toBe(
      '{"version":1,"generation":7,"refreshToken":{"value":"refresh-token-1","expiresAt":"2026-04-11T03:04:05Z",' +
        '"rotatedAt":"2026-01-02T03:04:05Z","hardExpiresAt":null},"accessToken":{"expiresAt":"2026-01-02T04:04:05Z",' +
        '"length":14,"checksum":"07abb63d"}}',
    );
  });
});

describe("encodeTokens", () => {
  it.each(["", "a\nb", "a\u0000", "tökén", "a\u007f", "a\tb"])("refuses the token %j", (value) => {
    const withAccess = { ...example, accessToken: { secret: new Secret(value), expiresAt: 0 } };
    const withRefresh = { ...example, refreshToken: { ...example.refreshToken, secret: new Secret(value) } };
    for (const tokens of [withAccess, withRefresh]) expect(failure(() => encodeTokens(tokens)).code).toBe("UNEXPECTED");
  });
});

describe("decodeTokens", () => {
  it.each([
    ["nothing", ""],
    ["an empty line", "\n"],
    ["a piece of it", "\naccess"],
    ["another of the same length", "\nACCESS-token-1"],
    ["more than it", "\naccess-token-1x"],
    ["a third line", "\naccess-token-1\n"],
    ["control characters", "\naccess-token-\u0001"],
  ])("gives no access token when %s follows the first line", (_, rest) => {
    const tokens = decodeTokens(`${firstLine}${rest}`);
    expect(tokens.accessToken).toBeNull();
    expect(tokens.refreshToken.secret.reveal()).toBe("refresh-token-1");
  });

  it("keeps the refresh token wherever behind the first line the record was torn", () => {
    const text = encodeTokens(example);
    for (let end = firstLine.length; end < text.length; end += 1) {
      expect(decodeTokens(text.slice(0, end)).accessToken).toBeNull();
    }
  });

  it("refuses a record of a later version in its own words", () => {
    const error = failure(() => decodeTokens(firstLine.replace('"version":1', '"version":2')));
    expect(error.code).toBe("STORE_CORRUPT");
    expect(error.message).toContain("written by a newer qbo");
    expect(error.hint).toContain("Update qbo");
  });

  it.each([
    ["version", '"version":0'],
    ["version", '"version":"1"'],
    ["generation", '"generation":-1'],
    ["generation", '"generation":1.5'],
    ["refreshToken.value", '"value":"a\\u0000b"'],
    ["refreshToken.value", '"value":""'],
    ["refreshToken.rotatedAt", '"rotatedAt":null'],
    ["refreshToken.expiresAt", '"expiresAt":1'],
    ["accessToken", '"accessToken":[]'],
  ])("says that %s is wrong in {%s}", (field, replacement) => {
    const [key = ""] = replacement.split(":");
    const line = firstLine.replace(new RegExp(`${key}:("[^"]*"|[^,{}]+|\\{[^}]*\\})`), replacement);
    const error = failure(() => decodeTokens(line));
    expect(error.code).toBe("STORE_CORRUPT");
    expect(error.message).toContain(`"${field}"`);
  });

  it("gives tokens or STORE_CORRUPT for any text", () => {
    const mutilated = fc
      .tuple(fc.nat(firstLine.length), fc.nat(20), fc.string({ unit: "binary" }))
      .map(([at, length, filling]) => firstLine.slice(0, at) + filling + firstLine.slice(at + length));
    const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.json(), mutilated);
    fc.assert(
      fc.property(anyText, (text) => {
        expect(["done", "STORE_CORRUPT"]).toContain(tellOutcome(() => decodeTokens(text)));
      }),
      { numRuns: 1000 },
    );
  });

  it("quotes nothing of a damaged record, neither in the message nor in the cause", () => {
    const shown = inspect(
      failure(() => decodeTokens(firstLine.slice(0, -1))),
      { depth: 9 },
    );
    expect(shown).not.toContain("refresh-token-1");
  });
});
