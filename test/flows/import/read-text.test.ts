import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { QboError } from "../../../src/core/errors.ts";
import { readImportEntry } from "../../../src/flows/import/read-entries.ts";
import { readImportText } from "../../../src/flows/import/read-text.ts";

const now = Date.parse("2026-11-20T12:00:00Z");
const whole = { refreshToken: "RT1-abc", realmId: "9130350000000001" };

describe("what is imported may be", () => {
  it.each<[string, string, object]>([
    [
      ".env of qbo",
      'QBO_REFRESH_TOKEN=RT1-abc\nexport QBO_REALM_ID="9130350000000001" # the company\n#QBO_REALM_ID=2\nQBO_ENV=Sandbox',
      { ...whole, environment: "sandbox" },
    ],
    [
      ".env of another program",
      "PORT=3000\r\nquickbooks_refresh_token='RT1-abc'\r\nQuickBooks_Company_Id = 9130350000000001\r\nGOOGLE_CLIENT_ID=other\r\n",
      whole,
    ],
    [
      ".env with all names",
      'INTUIT_CLIENT_ID=id\nINTUIT_CLIENT_SECRET="a\\"b\\$c"\nQB_ACCESS_TOKEN=at # until three\nQB_REFRESH_TOKEN=RT1-abc\nQB_REALM_ID=9130350000000001\nQB_ENVIRONMENT=production\nQB_EMPTY=\nQB_REFRESH_TOKEN=RT1-abc',
      { ...whole, clientId: "id", clientSecret: 'a"b$c', accessToken: "at", environment: "production" },
    ],
    [
      "the page of the Playground",
      "OAuth 2.0 Playground\n\nRealm ID: 9130350000000001\nRefresh Token\nRT1-abc\nAccess Token\n\neyJlbmMi.x\nRefresh Token Expires In: soon\n",
      { ...whole, accessToken: "eyJlbmMi.x" },
    ],
    ["labels in a line", "refresh_token = 'RT1-abc',\nrealm id 9130350000000001", whole],
    [
      "an answer with its headers",
      'HTTP/1.1 200 OK\nintuit_tid: 1-2\n\n{"refresh_token":"RT1-abc",\n"expires_in":3600}\nrealmId: 9130350000000001',
      { refresh_token: "RT1-abc", expires_in: 3600, realmId: "9130350000000001" },
    ],
    ["a list under its name", `\ufeff{"connections":[${JSON.stringify(whole)}]}`, whole],
  ])("%s", (_what, text, entry) => {
    expect(readImportText(text)).toEqual([entry]);
  });

  it.each([
    ["two tokens", "QBO_REFRESH_TOKEN=a\nINTUIT_REFRESH_TOKEN=b", "two different values for refreshToken"],
    ["two labels", "Refresh token: a\nrefresh_token: b", "two different values for refreshToken"],
    ["no token", "Realm ID: 1\nAccess Token: x", "neither JSON"],
    ["a broken line", '{"refreshToken":"a"}\n{', "line 2 is not JSON"],
    ["nothing", " \n", "nothing in it"],
  ])("refuses %s", (_what, text, why) => {
    expect(() => readImportText(text)).toThrow(why);
  });

  it("is never the cause of anything but a refusal", () => {
    const words = fc.constantFrom("Refresh Token", "\n", ": ", "=", "QBO_REFRESH_TOKEN", "{", "}", '"', "export ", "x");
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words).map((all) => all.join("")),
        ),
        (text) => {
          try {
            for (const entry of readImportText(text)) readImportEntry(entry, now);
          } catch (error) {
            expect(error).toBeInstanceOf(QboError);
          }
        },
      ),
    );
  });
});

describe("an entry", () => {
  const read = (entry: object, realmId?: string) => readImportEntry({ ...whole, ...entry }, now, realmId);

  it.each([
    ["ISO 8601", "2026-11-20T10:00:00Z"],
    ["milliseconds", now - 7_200_000],
    ["seconds", (now - 7_200_000) / 1000],
    ["seconds in a text", String((now - 7_200_000) / 1000)],
  ])("counts lifetimes from when it was issued: %s", (_what, createdAt) => {
    const times = { expires_in: 3600, x_refresh_token_expires_in: "86400", refreshTokenHardExpiresIn: 100_000 };
    expect(read({ ...times, createdAt })).toMatchObject({
      accessTokenExpiresAt: now - 3_600_000,
      refreshTokenExpiresAt: now - 7_200_000 + 86_400_000,
      hardExpiresAt: now - 7_200_000 + 100_000_000,
      rotatedAt: now - 7_200_000,
    });
  });

  it("counts from now where it was issued in the future, or nobody says when", () => {
    for (const createdAt of ["2027-01-01T00:00:00Z", "yesterday", -1, 1e300, undefined, null, ""]) {
      const entry = read({ createdAt, expires_in: 3600 });
      expect(entry).toMatchObject({ accessTokenExpiresAt: now + 3_600_000, rotatedAt: undefined });
    }
  });

  it("takes the realm ID from the command line only when it names none itself", () => {
    expect(read({ realmId: undefined }, "42").realmId).toBe("42");
    expect(() => read({}, "42")).toThrow("another realmId");
    expect(() => read({ realmId: undefined })).toThrow("--realm");
    expect(() => read({ realmId: undefined }, "4x")).toThrow("text of digits");
  });
});
