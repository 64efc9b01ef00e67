import * as fc from "fast-check";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { listOrigins } from "../../src/core/environment.ts";
import { asQboError, errorTable, hasCode, QboError } from "../../src/core/errors.ts";
import { fingerprint } from "../../src/core/fingerprint.ts";
import { formatInstant, parseInstant, secondsUntil } from "../../src/core/instant.ts";
import { isRealmId } from "../../src/core/realm-id.ts";
import { openByToken, sealByToken } from "../../src/core/sealed-by-token.ts";
import { Secret } from "../../src/core/secret.ts";
import { isClientId, isSettingName } from "../../src/core/setting-names.ts";
import { isFresh, type Tokens } from "../../src/core/tokens.ts";

describe("a secret", () => {
  const secret = new Secret("hunter2");

  it("shows itself nowhere", () => {
    const shown = [String(secret), JSON.stringify({ secret }), inspect({ secret }), inspect(secret)];
    for (const text of shown) expect(text).not.toContain("hunter2");
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
    expect(Object.keys(secret)).toEqual([]);
  });

  it("is compared by its value", () => {
    expect([secret.equals(new Secret("hunter2")), secret.equals(new Secret("hunter"))]).toEqual([true, false]);
  });

  it("has a fingerprint of 12 hex digits", () => {
    // SHA-256 of "hunter2" begins so.
    expect(fingerprint(secret)).toBe("f52fbd32b2b3");
  });
});

describe("a moment as text", () => {
  it("is the ISO form, with whole seconds when nothing is lost by it", () => {
    const instant = fc.integer({ min: -62_198_755_200_000, max: 253_402_300_799_999 });
    const whole = instant.map((value) => value - (value % 1000));
    fc.assert(
      fc.property(fc.oneof(instant, whole), (value) => {
        expect(formatInstant(value)).toBe(new Date(value).toISOString().replace(".000Z", "Z"));
      }),
    );
  });
});

describe("QboError", () => {
  it("takes its exit code from the table", () => {
    for (const code of ["UNEXPECTED", "USAGE", "CONFIG_INVALID", "NOT_CONNECTED", "CANCELLED"] as const) {
      expect(new QboError(code, "x").exitCode).toBe(errorTable[code].exitCode);
    }
  });

  it("gains evidence without losing any", () => {
    const cause = new Error("below");
    const error = new QboError("USAGE", "x", { hint: "y", details: { connection: "acme" }, cause });
    expect(error.with({ connection: "other", httpStatus: 400 })).toMatchObject({
      code: "USAGE",
      hint: "y",
      cause,
      details: { connection: "acme", httpStatus: 400 },
    });
    expect(new QboError("USAGE", "x").hint).toBeNull();
  });

  it("is told from other errors", () => {
    expect(asQboError(new Error("x"))).toBeUndefined();
    expect(hasCode(new QboError("USAGE", "x"), "CANCELLED", "USAGE")).toBe(true);
    expect(hasCode(new Error("USAGE"), "USAGE")).toBe(false);
  });
});

describe("instants", () => {
  it("are written in ISO 8601, in UTC, and read back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (instant) => {
        expect(parseInstant(formatInstant(instant))).toBe(instant);
      }),
    );
    expect(formatInstant(Date.UTC(2026, 0, 2, 3, 4, 5))).toBe("2026-01-02T03:04:05Z");
    expect(parseInstant("2026-01-02T04:04:05+01:00")).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
  });

  it.each(["", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z", "yesterday", "0"])("are not %j", (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it("are whole seconds away, never less than 0", () => {
    expect([secondsUntil(2500, 1000), secondsUntil(1000, 2500)]).toEqual([1, 0]);
  });
});

describe("small judgements", () => {
  it("know realm IDs", () => {
    const good = ["1", "9130350000000001", "0".repeat(32)];
    for (const text of [...good, "", "a", "1a", " 1", "1\n", "-1", "١", "0".repeat(33)]) {
      expect([text, isRealmId(text)]).toEqual([text, good.includes(text)]);
    }
  });

  it("know names of settings and client IDs", () => {
    for (const text of ["sandbox", "a", "my-app-2"]) expect(isSettingName(text)).toBe(true);
    for (const text of ["", "-a", "A", "a b", "a/b", "a".repeat(65)]) expect(isSettingName(text)).toBe(false);
    for (const text of ["ABc123", "a.b_c~d-e"]) expect(isClientId(text)).toBe(true);
    for (const text of ["", "a/b", "a:b", "a b", "ä", "a".repeat(201)]) expect(isClientId(text)).toBe(false);
  });

  it("know whether a token is fresh enough", () => {
    const refreshToken = { secret: new Secret("r"), expiresAt: null, rotatedAt: 0, hardExpiresAt: null };
    const tokens: Tokens = {
      generation: 1,
      accessToken: { secret: new Secret("a"), expiresAt: 400_000 },
      refreshToken,
    };
    expect([isFresh(tokens, 100_000, 300), isFresh(tokens, 100_001, 300)]).toEqual([true, false]);
    expect(isFresh({ ...tokens, accessToken: null }, 0, 0)).toBe(false);
  });

  it("list each origin that receives a token or a secret once", () => {
    const endpoints = {
      authorization: "https://page.example/a",
      token: "https://b.example/t",
      revocation: "https://b.example/r",
      userInfo: "https://a.example:8443/u",
      jwks: "https://b.example/j",
      issuer: "https://issuer.example",
      api: "https://a.example",
    };
    expect(listOrigins(endpoints)).toEqual(["https://a.example", "https://a.example:8443", "https://b.example"]);
  });
});

describe("tokens sealed by a token", () => {
  const [text, token] = [new Secret("the new tokens"), new Secret("the previous refresh token")];

  it("are opened by it, and by no other", () => {
    const sealed = sealByToken(text, token);
    expect(sealed).not.toContain('tokens"');
    expect(openByToken(sealed, token)?.reveal()).toBe("the new tokens");
    expect(openByToken(sealed, new Secret("another"))).toBeUndefined();
  });

  it("are sealed differently each time", () => {
    expect(sealByToken(text, token)).not.toBe(sealByToken(text, token));
  });

  it("are nothing once they are damaged", () => {
    const sealed = sealByToken(text, token);
    const damaged = fc
      .tuple(fc.nat(sealed.length - 2), fc.string({ maxLength: 3 }))
      .map(([at, filling]) => sealed.slice(0, at) + filling + sealed.slice(at + Math.max(1, filling.length)));
    fc.assert(
      fc.property(fc.oneof(damaged, fc.json(), fc.string()), (record) => {
        expect([undefined, "the new tokens"]).toContain(openByToken(record, token)?.reveal());
      }),
    );
  });
});
