import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { encodeFacts } from "../../src/core/connection-record.ts";
import { encodeJournalLine } from "../../src/core/journal-line.ts";
import { makePrintable } from "../../src/core/printable.ts";
import { redact, redactBody, redactForeign, redactHeader } from "../../src/core/redaction.ts";
import { Secret } from "../../src/core/secret.ts";
import { exampleFacts } from "./example-facts.ts";

const accessToken = `eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..${draw(22)}.${draw(300)}.${draw(22)}`;
const refreshToken = `RT1-42-H0-1767323045${draw(20)}`;

function hold(value: string): void {
  if (new Secret(value).reveal() !== value) throw new Error("a Secret holds its value");
}

function draw(length: number): string {
  return randomBytes(length).toString("base64url").slice(0, length);
}

describe("a value that this process held as a Secret", () => {
  it.each([
    ["as it is", (value: string) => value],
    ["in a URL", encodeURIComponent],
    ["in JSON", (value: string) => JSON.stringify({ value })],
    ["in base64", (value: string) => Buffer.from(value).toString("base64")],
  ])("is taken out of any text: %s", (_, write) => {
    const value = `a pass "phrase" & ${draw(9)}`;
    expect(redact(write(value))).toContain(write(value));
    expect(new Secret(value).equals(new Secret(value))).toBe(true);
    const shown = redact(`before ${write(value)} after`);
    expect(shown).toMatch(/^before .*\[redacted\].* after$/);
    expect(shown).not.toContain("phrase");
  });

  it("is recognised among the latest thousand, and a word is nobody's secret", () => {
    const values = Array.from({ length: 1000 }, () => draw(20));
    for (const value of [...values, "sandbox"]) expect(new Secret(value).reveal()).toBe(value);
    expect(redact(values.join("\n"))).toBe(values.map(() => "[redacted]").join("\n"));
    expect(redact("--env sandbox")).toBe("--env sandbox");
  });

  it("costs next to nothing to remember", () => {
    const start = process.cpuUsage();
    for (let round = 0; round < 10_000; round += 1) expect(new Secret(`value ${round}`)).toBeDefined();
    // What others do on the machine meanwhile does not count.
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(2000);
  });
});

describe("what looks like a secret", () => {
  it.each([
    accessToken,
    accessToken.slice(0, 90),
    refreshToken,
    `XAB1${draw(46)}`,
    "AB115460376390123456789abcDEF",
    `Authorization: Bearer ${draw(30)}`,
    `authorization: basic ${draw(30)}==`,
    `client_secret=${draw(40)}`,
    `{\\"refresh_token\\":\\"${draw(40)}\\"}`,
    `"refreshToken": "${draw(40)}"`,
    `https://localhost:8722/callback?code=${draw(12)}&realmId=1`,
    `${draw(60)}aB3-x`,
  ])("is taken out of any text: %s", (text) => {
    const shown = redact(`The server said: ${text}.`);
    expect(shown).toContain("[redacted]");
    for (const run of text.match(/[\w-]{12,}/g) ?? []) if (/\d/.test(run)) expect(shown).not.toContain(run);
  });

  it.each([
    '{"accessToken":null,"refreshToken":{"expiresAt":"2026-01-02T03:04:05Z"},"code":"NOT_CONNECTED"}',
    "qbo app set --env sandbox --client-id ABVqRz1DEaTyCGKe5NqTUWTWDXmvMUbuEMbiHZiDEcPnbOCtvS --client-secret-stdin",
    "/home/me/.local/state/qbo-cli/locks/sandbox-ABVqRz1DEaTyCGKe5NqTUWTWDXmvMUbuEMbiHZiDEcPnbOCtvS-9130-0123456789abcdef.lock",
    "intuit_tid 1-5f3e2a1b-0123456789abcdef01234567 · fingerprint 0123456789ab",
    "AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89",
    "com.intuit.quickbooks.accounting com.intuit.quickbooks.payroll.timetracking openid profile",
    "token_type is not bearer and the basic information is missing",
    `https://appcenter.intuit.com/connect/oauth2?client_id=x&state=${draw(43)}&response_type=code`,
  ])("is none of what a person needs: %s", (text) => {
    expect(redact(text)).toBe(text);
  });

  it("goes from a server's text also when it is only long and unbroken", () => {
    expect(redactForeign(`Token expired: ${"0a".repeat(20)}`)).toBe("Token expired: [redacted]");
    expect(redactForeign("message=AuthenticationFailed; errorCode=003200; statusCode=401")).toMatch(/^message=.*401$/);
  });
});

describe("the body of a request or an answer", () => {
  it.each([
    [
      "grant_type=authorization_code&code=abc&state=d+e",
      "grant_type=authorization_code&code=[redacted]&state=[redacted]",
    ],
    ["token=abc", "token=[redacted]"],
    ['{"token":"a\\"b","Code":"3200"}', '{"token":"[redacted]","Code":"3200"}'],
    [
      '{"CompanyInfo":{"EmployerId":"91-1234567","Country":"US"}}',
      '{"CompanyInfo":{"EmployerId":"[redacted]","Country":"US"}}',
    ],
    ['{"EmployerId":911234567}', '{"EmployerId":"[redacted]"}'],
    ['{"refresh_token":"cut off', '{"refresh_token":"[redacted]"'],
    ["<html>nothing</html>", "<html>nothing</html>"],
  ])("keeps the names of its fields: %s", (body, shown) => {
    expect(redactBody(body)).toBe(shown);
  });

  it("tells of a header no more than the scheme", () => {
    expect(redactHeader("authorization", `Basic ${draw(20)}`)).toBe("Basic [redacted]");
    expect(redactHeader("Cookie", "a=b")).toBe("[redacted]");
    expect(redactHeader("location", "https://a.example/?code=abc")).toBe("https://a.example/?code=[redacted]");
  });
});

describe("what is kept in files", () => {
  const value = `of this process ${draw(12)}`;
  const text = `it said ${value} and ${refreshToken}`;
  beforeEach(() => hold(value));

  it("holds no secret: the journal", () => {
    const blank = { outcome: null, tokenBefore: null, tokenAfter: null, intuitTid: null };
    const line = encodeJournalLine({
      ...blank,
      at: 0,
      connection: null,
      event: "refreshed",
      host: "h",
      pid: 1,
      detail: text,
    });
    expect(line).toContain('"detail":"it said [redacted] and [redacted]"');
  });

  it("holds no secret: the facts", () => {
    const rejection = { at: 0, code: "REFRESH_REJECTED" as const, detail: text, intuitTid: null };
    const kept = encodeFacts({ ...exampleFacts, companyName: text, rejection });
    expect(kept).not.toContain(refreshToken);
    expect(kept).not.toContain(value);
    expect(kept.match(/it said \[redacted\] and \[redacted\]/g)).toHaveLength(2);
  });
});

it("a cut leaves no half of a secret behind", () => {
  const value = draw(40);
  expect(new Secret(value)).toBeDefined();
  expect(makePrintable(`${"x".repeat(60)} ${value}`, 90)).not.toContain(value.slice(0, 8));
});

it("takes any text, in time", () => {
  const odd = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom('"access_token":"', "\\", "Bearer ", "eyJ", "?code=", "&token=", "a1B-", '"', refreshToken),
  );
  fc.assert(
    fc.property(fc.array(odd, { maxLength: 30 }), fc.integer({ min: 1, max: 300 }), (parts, times) => {
      const shown = redactBody(parts.join("").repeat(times));
      expect(shown).not.toContain(refreshToken);
    }),
    { numRuns: 300 },
  );
});

describe("a long run of letters and digits", () => {
  const mixed = (length: number) => "aB3-_xY9".repeat(40).slice(0, length);

  it("is hidden wherever it stands, and whatever its length from 64 on", () => {
    const place = fc.record({
      before: fc.string({ unit: fc.constantFrom(" ", ".", "a", "é"), maxLength: 200 }).map((text) => `${text} `),
      length: fc.integer({ min: 64, max: 300 }),
      after: fc.string({ unit: fc.constantFrom(" ", ".", "a"), maxLength: 100 }).map((text) => ` ${text}`),
    });
    fc.assert(
      fc.property(place, ({ before, length, after }) => {
        const short = before.replaceAll(/a{60,}/g, "");
        expect(redact(`${short}${mixed(length)}${after}`)).toBe(`${short}[redacted]${after}`);
      }),
    );
  });

  it("stays when it is shorter, or of one kind", () => {
    for (const text of [mixed(63), "a".repeat(100), `dir/${mixed(80)}`])
      expect(redact(`x ${text} y`)).toBe(`x ${text} y`);
  });
});
