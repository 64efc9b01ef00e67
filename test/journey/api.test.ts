import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asQboError } from "../../src/core/errors.ts";
import { resolveApiAddress } from "../../src/intuit/api-address.ts";
import { startEmulatedIntuit } from "../world/emulated-intuit.ts";

async function startSignedIn() {
  const intuit = await startEmulatedIntuit();
  await intuit.signIn(undefined, "--name", "acme");
  return intuit;
}

interface Answer {
  status: number;
  intuitTid: string;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

describe("qbo api", () => {
  it.each([
    "companyinfo/{realm}",
    "/v3/company/{realm}/companyinfo/{realm}",
    "{base}/v3/company/{realm}/companyinfo/{realm}?minorversion=99",
  ])("gets %s and prints the answer as it came", async (path) => {
    const { qbo, realms } = await startSignedIn();
    const outcome = await qbo("api", path);
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    expect(outcome.json()).toMatchObject({
      CompanyInfo: { CompanyName: expect.any(String) },
      time: expect.any(String),
    });
    const { status, intuitTid, body } = (await qbo("api", path, "--json")).json<Answer>();
    expect({ status, company: body["CompanyInfo"] }).toEqual({ status: 200, company: outcome.json()["CompanyInfo"] });
    expect(intuitTid).toMatch(/\S/);
    expect(realms[0]).toMatch(/^\d+$/);
  });

  it("asks a query, and adds fields to the query of a GET", async () => {
    const { qbo } = await startSignedIn();
    const query = "select * from Customer startposition 2 maxresults 2";
    const expected = { QueryResponse: { startPosition: 2, maxResults: 2 } };
    expect((await qbo("api", "--query", query)).json()).toMatchObject(expected);
    expect((await qbo("api", "query", "-X", "GET", "-f", `query=${query}`)).json()).toMatchObject(expected);
    const both = await qbo("api", "--query", query, "-f", "minorversion=76", "--debug");
    expect(both.json()).toMatchObject(expected);
    expect(both.stderr).toMatch(/> GET \S+minorversion=76$/m);
  });

  it("sends a body from stdin with a header of the user's, and says for whom", async () => {
    const { qbo, world } = await startSignedIn();
    world.stdin = "select count(*) from Customer";
    const outcome = await qbo("api", "query", "--input", "-", "-H", "Content-Type: application/text", "-i");
    expect(outcome.stdout).toMatch(/^HTTP 200\n(?:[a-z_-]+: .*\n)+\n\{.*"totalCount":\d+/);
    expect(outcome.stderr).toMatch(/^POST as acme \(.*, emulator\)\n$/);
  });

  it("refreshes once and repeats the call once when the access token is not accepted", async () => {
    const { qbo, control, effects } = await startSignedIn();
    const { accessToken } = (await qbo("token", "--json")).json<{ accessToken: string }>();
    await control("clock", { advance: 7200 });
    const before = await effects();
    expect((await qbo("api", "companyinfo/{realm}")).exitCode).toBe(0);
    expect((await effects()).refreshes - before.refreshes).toBe(1);
    expect((await qbo("token", "--json")).json()["accessToken"]).not.toBe(accessToken);
  });

  it("waits out throttling as long as it may, and gives up beyond that", async () => {
    const { qbo, control, countRequests, realms, world } = await startSignedIn();
    const path = `/v3/company/${realms[0]}/companyinfo/${realms[0]}`;
    const already = await countRequests(path);
    await control("faults", { kind: "throttle", count: 1, endpoint: "api" });
    const waiting = qbo("api", "companyinfo/{realm}");
    await expect.poll(() => world.clock.sleeps, { timeout: 20_000 }).toContain(60_000);
    world.clock.advance(60);
    const patient = await waiting;
    expect(patient.stderr).toContain("throttling; the call is repeated in 60 s");
    expect(patient.exitCode).toBe(0);
    expect((await countRequests(path)) - already).toBe(2);
    await control("faults", { kind: "throttle", count: 1, endpoint: "api" });
    const impatient = await qbo("api", "companyinfo/{realm}", "--max-wait", "5", "--json");
    expect(impatient.error()).toMatchObject({ code: "INTUIT_BUSY", exitCode: 6, httpStatus: 429 });
  });

  it("turns a fault into a typed error with Intuit's transaction ID", async () => {
    const { qbo } = await startSignedIn();
    const error = (await qbo("api", "--query", "select nonsense", "--json")).error();
    expect(error).toMatchObject({
      code: "INTUIT_REJECTED",
      exitCode: 5,
      httpStatus: 400,
      intuitError: "4000",
      intuitTid: expect.stringMatching(/\S/),
    });
  });

  it("says what is wrong with a request, and sends nobody to sign in for it", async () => {
    const { qbo } = await startSignedIn();
    const query = await qbo("api", "--query", "select nonsense");
    expect(query.stderr).toMatch(/Error parsing query: \S/);
    const path = await qbo("api", "no-such-thing/1");
    expect(path.stderr).toContain("Check the path");
    for (const { exitCode, stderr } of [query, path]) {
      expect(exitCode).toBe(5);
      expect(stderr).not.toContain("qbo login");
    }
  });

  it("leads whoever used it wrongly to its own help", async () => {
    const { qbo } = await startSignedIn();
    expect((await qbo("api", "x", "-X", "TRACE", "--json")).error()).toMatchObject({ hint: "See qbo api --help" });
    expect((await qbo("certs", "trust", "acme", "--json")).error()).toMatchObject({
      hint: "See qbo certs trust --help",
    });
  });

  it("takes a method in either case", async () => {
    const { qbo } = await startSignedIn();
    expect((await qbo("api", "companyinfo/{realm}", "-X", "get")).exitCode).toBe(0);
  });

  it.each([
    [["api"], "what to call"],
    [["api", ""], "what to call"],
    [["api", " "], "what to call"],
    [["api", "customer/1\r\nHost: evil"], "control characters"],
    [["api", "cus\ttomer/1"], "control characters"],
    [["api", "https://evil.example.com/v3"], "is not an address of this connection's API"],
    [["api", "https://quickbooks.api.intuit.com@evil.example.com/"], "is not an address"],
    [["api", "x", "-f", "novalue"], "name=value"],
    [["api", "x", "-H", "Authorization: Bearer x"], "set by qbo itself"],
    [["api", "x", "-H", "X: a\r\nHost: evil"], "no header"],
    [["api", "x", "-X", "GET", "--input", "-"], "no body"],
    [["api", "x", "-X", "TRACE"], "must be one of"],
  ])("%j is refused before anything is sent", async (argv, message) => {
    const { qbo, control } = await startSignedIn();
    const { requests: before } = await control("requests");
    const outcome = await qbo(...argv, "--json");
    expect(outcome.error()).toMatchObject({ code: "USAGE", message: expect.stringContaining(message) });
    expect((await control("requests"))["requests"]).toHaveLength(Array.isArray(before) ? before.length : -1);
  });
});

describe("the address of a call", () => {
  const target = { base: "https://quickbooks.api.intuit.com", realmId: "9341" };

  it.each([
    ["customer/1", "/v3/company/9341/customer/1?minorversion=75"],
    ["/v3/company/{realm}/customer/1?minorversion=80", "/v3/company/9341/customer/1?minorversion=80"],
    ["{base}/v4/x#part", "/v4/x?minorversion=75"],
    ["https://quickbooks.api.intuit.com/x", "/x?minorversion=75"],
  ])("%s is %s", (path, expected) => {
    expect(resolveApiAddress(path, target)).toBe(`${target.base}${expected}`);
  });

  it("never leads to another origin, whatever the path", () => {
    const part = fc.constantFrom(
      "/",
      "\\",
      "//",
      "@",
      ":",
      "?",
      "#",
      "..",
      "https:",
      "http://",
      "evil.com",
      "{base}",
      "{realm}",
      ".evil.com",
      "%2f",
      " ",
      "\t",
      "\n",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string({ maxLength: 4 })), { maxLength: 7 }), (parts) => {
        try {
          const url = new URL(resolveApiAddress(parts.join(""), target));
          expect([url.origin, url.username, url.password]).toEqual([target.base, "", ""]);
        } catch (error) {
          expect(asQboError(error)?.code).toBe("USAGE");
        }
      }),
      { numRuns: 2000 },
    );
  });
});
