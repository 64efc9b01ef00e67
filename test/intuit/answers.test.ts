import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildCompanyInfoUrl, readCompanyInfo, readCompanyName } from "../../src/intuit/company-info.ts";
import { buildEmulatorEnvironment, intuitEnvironments } from "../../src/intuit/environments.ts";
import { describeFault, formatFault, readFault } from "../../src/intuit/faults.ts";
import { hasCompanyScope, isScope, readScopes } from "../../src/intuit/scopes.ts";
import { readUserInfo } from "../../src/intuit/user-info.ts";

const answer = (body: unknown, status = 401) => ({
  status,
  headers: { intuit_tid: "1-a" },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

describe("a fault", () => {
  const upper = { Fault: { Error: [{ Message: "m", Detail: "d", code: "3100" }], type: "AuthorizationFault" } };
  const lower = { fault: { error: [{ message: "m", detail: "d", code: "3200" }], type: "AUTHENTICATION" } };

  it("is read in both casings, without a detail that would repeat a token", () => {
    const known = { message: "m", detail: "" };
    expect(readFault(answer(upper, 400))).toEqual({ code: "3100", ...known, type: "AuthorizationFault" });
    expect(readFault(answer(lower, 200))).toEqual({ code: "3200", ...known, type: "AUTHENTICATION" });
    for (const status of [401, 403])
      expect(readFault(answer({ Fault: { Error: [{ Detail: "d" }] } }, status))?.detail).toBe("");
  });

  it.each([
    ["Error parsing query", 'Encountered "frm" at line 1', 'Error parsing query: Encountered "frm" at line 1'],
    ["Duplicate Name Exists Error", "", "Duplicate Name Exists Error"],
    ["Object Not Found", "Object Not Found : Something", "Object Not Found : Something"],
    ["", "Only this", "Only this"],
    ["Business Validation Error.", "Pick a date.", "Business Validation Error: Pick a date."],
  ])("of the message %j with the detail %j says what is wrong with a request", (Message, Detail, said) => {
    const given = { Fault: { Error: [{ Message, Detail, code: "1" }], type: "ValidationFault" } };
    const fault = readFault(answer(given, 400));
    expect(fault && formatFault(fault)).toBe(said);
    expect(describeFault(answer(given, 400), fault).intuitErrorDescription).toBe(said);
  });

  it("is read with a number as code, and without entries", () => {
    const nothing = { message: "", detail: "", type: null };
    expect(readFault(answer({ Fault: { Error: [{ code: 120 }] } }))).toEqual({ code: "120", ...nothing });
    expect(readFault(answer({ Fault: { Error: [] } }))).toEqual({ code: "", ...nothing });
    expect(readFault(answer({ Fault: { Error: "x" } }))).toEqual({ code: "", ...nothing });
  });

  it.each(["", "<html>", "[]", "{}", '{"Fault":1}', '{"Fault":null}'])("is not in %j", (body) => {
    expect(readFault(answer(body))).toBeUndefined();
  });

  it("repeats no token, and nothing that a terminal would obey", () => {
    const token = "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0.x";
    const fault = readFault(answer({ Fault: { Error: [{ Message: `bad ${token}\u001b[2J`, code: "1" }] } }));
    expect(fault?.message).toBe("bad [redacted]\\u001b[2J");
    const detailed = readFault(answer({ Fault: { Error: [{ Detail: `bad ${token}\u001b[2J` }] } }, 400));
    expect(detailed?.detail).toBe("bad [redacted]\\u001b[2J");
  });

  it("is evidence", () => {
    expect(describeFault(answer(upper, 403), readFault(answer(upper)))).toEqual({
      httpStatus: 403,
      intuitError: "3100",
      intuitErrorDescription: "m",
      intuitTid: "1-a",
    });
    expect(describeFault(answer("", 500), undefined)).toEqual({ httpStatus: 500, intuitTid: "1-a" });
  });

  it("or nothing is read from any body", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.json(),
          fc.jsonValue().map((Fault) => JSON.stringify({ Fault })),
        ),
        (body) => {
          expect(readFault(answer(body))?.message ?? "").not.toMatch(/\p{Cc}/u);
        },
      ),
    );
  });
});

describe("user info", () => {
  it("is read as Intuit writes it", () => {
    const info = {
      sub: "1",
      email: "robin@example.com",
      emailVerified: true,
      givenName: "Robin",
      familyName: "Sample",
      phoneNumber: "+1 5555550100",
      phoneNumberVerified: false,
      address: { streetAddress: "1 Street", country: "US" },
    };
    expect(readUserInfo(info)).toEqual(info);
  });

  it("is null where nothing came, or nothing sensible", () => {
    const odd = { email: 7, emailVerified: "yes", givenName: "", address: { a: 1 }, phoneNumberVerified: "true" };
    expect(readUserInfo({ sub: "1", ...odd })).toEqual({
      sub: "1",
      email: null,
      emailVerified: null,
      givenName: null,
      familyName: null,
      phoneNumber: null,
      phoneNumberVerified: true,
      address: null,
    });
  });

  it.each([{}, { sub: "" }, { sub: 1 }])("is nothing without a subject: %j", (body) => {
    expect(readUserInfo(body)).toBeUndefined();
  });

  it("is made safe to show", () => {
    expect(readUserInfo({ sub: "1", givenName: "\u001b[31mR", address: { "a\n": "b\u202e" } })).toMatchObject({
      givenName: "\\u001b[31mR",
      address: { "a\\u000a": "b\\u202e" },
    });
  });
});

describe("company info", () => {
  it("is asked for by realm, with the lowest minor version that is served", () => {
    expect(buildCompanyInfoUrl("https://api.example", "123")).toBe(
      "https://api.example/v3/company/123/companyinfo/123?minorversion=75",
    );
  });

  it("keeps Intuit's fields as they came, made safe to show", () => {
    const info = {
      CompanyName: "A\u001bB",
      Id: "1",
      NameValue: [{ Name: "x", Value: "y\n" }],
      n: 1,
      f: false,
      z: null,
    };
    expect(readCompanyInfo({ CompanyInfo: info, time: "t" })).toEqual({
      ...info,
      CompanyName: "A\\u001bB",
      NameValue: [{ Name: "x", Value: "y\\u000a" }],
    });
  });

  it("survives the deepest nesting, and answers nothing for nothing", () => {
    const deep = JSON.parse(`${'{"CompanyInfo":'.repeat(500)}{}${"}".repeat(500)}`);
    expect(JSON.stringify(readCompanyInfo(deep)).length).toBeLessThan(400);
    for (const body of [{}, { CompanyInfo: null }, { CompanyInfo: [] }]) expect(readCompanyInfo(body)).toBeUndefined();
  });

  it("has a name, or none", () => {
    expect(readCompanyName({ CompanyName: " Acme " })).toBe("Acme");
    for (const info of [{}, { CompanyName: "  " }, { CompanyName: 7 }]) expect(readCompanyName(info)).toBeNull();
  });
});

describe("scopes", () => {
  it("are separated by spaces or commas, each once", () => {
    expect(readScopes(" openid,profile  openid\temail\n")).toEqual(["openid", "profile", "email"]);
    expect(readScopes(" ,")).toEqual([]);
  });

  it("have the form that RFC 6749 gives them", () => {
    for (const scope of ["openid", "com.intuit.quickbooks.accounting", "a:b/c"]) expect(isScope(scope)).toBe(true);
    for (const scope of ["", "a b", 'a"', "a\\", "ä", "a\n", "a".repeat(201)]) expect(isScope(scope)).toBe(false);
  });

  it("name a company, or not", () => {
    expect(hasCompanyScope(["openid", "com.intuit.quickbooks.Payment"])).toBe(true);
    expect(hasCompanyScope(["openid", "profile"])).toBe(false);
  });
});

describe("environments", () => {
  it("have Intuit's own addresses", () => {
    const { sandbox, production } = intuitEnvironments;
    expect(sandbox).toEqual({
      name: "sandbox",
      redirectRules: "development",
      endpoints: {
        authorization: "https://appcenter.intuit.com/connect/oauth2",
        token: "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        revocation: "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
        userInfo: "https://sandbox-accounts.platform.intuit.com/v1/openid_connect/userinfo",
        jwks: "https://oauth.platform.intuit.com/op/v1/jwks",
        issuer: "https://oauth.platform.intuit.com/op/v1",
        api: "https://sandbox-quickbooks.api.intuit.com",
      },
    });
    expect(production).toEqual({
      name: "production",
      redirectRules: "production",
      endpoints: {
        ...sandbox.endpoints,
        userInfo: "https://accounts.platform.intuit.com/v1/openid_connect/userinfo",
        api: "https://quickbooks.api.intuit.com",
      },
    });
  });

  it("have one origin at the emulator", () => {
    const { endpoints } = buildEmulatorEnvironment("http://localhost:1234/");
    for (const address of Object.values(endpoints)) expect(address).toMatch(/^http:\/\/localhost:1234(\/[^/]|$)/);
  });
});
