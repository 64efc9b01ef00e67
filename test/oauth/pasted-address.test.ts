import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ExpectedPaste, judgePaste, longestPaste, readPastedAddress } from "../../src/oauth/pasted-address.ts";
import { readRedirectUri } from "../../src/oauth/redirect-uri.ts";

const state = "0f".repeat(32);
const redirectUri = "https://name.example/callback";
const expected: ExpectedPaste = {
  redirect: readRedirectUri(redirectUri),
  listen: undefined,
  state,
  authorizationEndpoint: "https://appcenter.intuit.com/connect/oauth2",
  realmId: undefined,
};
const code = "XAB11.code-of_this~sign%2Bin";
const query = `code=${code}&state=${state}&realmId=9130350000000001`;
const good = `${redirectUri}?${query}`;

/** The verdict in a word, and what it granted. */
function judge(text: string, change: Partial<ExpectedPaste> = {}): unknown {
  const verdict = judgePaste(text, { ...expected, ...change });
  if (verdict.kind === "wrong") return verdict.problem;
  return verdict.kind === "granted" ? [verdict.code.reveal(), verdict.realmId] : verdict;
}

const granted = ["XAB11.code-of_this~sign+in", "9130350000000001"];

describe("a pasted address", () => {
  it.each([
    ["as it is", good],
    ["with space around", `  \t${good}\n`],
    ["in double quotes", `"${good}"`],
    ["in single quotes", `'${good}'`],
    ["in backticks", `\`${good}\``],
    ["in angle brackets", `<${good}>`],
    ["in typographic quotes", `“${good}”`],
    ["with &amp;", good.replaceAll("&", "&amp;")],
    ["in HTML", `&quot;${good.replaceAll("&", "&amp;")}&quot;`],
    ["wrapped by a terminal", `${good.slice(0, 40)}\r\n${good.slice(40, 80)}\n  ${good.slice(80)}`],
    ["with a fragment", `${good}#_=_`],
    ["with the port written out", good.replace("example/", "example:443/")],
    ["with a host in capitals", good.replace("name.example", "NAME.Example")],
    ["as the query", `?${query}`],
    ["as the bare query", query],
    ["as the bare query in another order", `realmId=9130350000000001&state=${state}&code=${code}`],
    ["with more parameters", `${good}&a=b`],
  ])("is understood %s", (_, text) => {
    expect(judge(text)).toEqual(granted);
  });

  it("whose realm ID is a beginning of the expected one is cut off", () => {
    const realmId = "9130350000000001";
    expect(judge(good.slice(0, -3), { realmId })).toBe("cut-off");
    expect(judge(good, { realmId })).toEqual(granted);
    expect(judge(good, { realmId: "9130350000000002" })).toEqual(granted);
  });

  it("of the place where a relay page leads is as good, if something listens there", () => {
    const relayed = `http://localhost:8722/callback?${query}`;
    expect(judge(relayed)).toBe("other-address");
    expect(judge(relayed, { listen: { scheme: "http", host: "localhost", port: 8722 } })).toEqual(granted);
    expect(judge(relayed, { listen: { scheme: "https", host: "localhost", port: 8722 } })).toBe("other-address");
  });

  it.each([
    ["another host", good.replace("name.", "names."), "other-address"],
    ["another port", good.replace("example/", "example:8443/"), "other-address"],
    ["another scheme", good.replace("https", "http"), "other-address"],
    ["another path", good.replace("callback", "callback/"), "other-address"],
    ["a path that climbs", good.replace("callback", "a/../callback"), "other-address"],
    ["a user name", good.replace("https://", "https://me@"), "other-address"],
    ["another host before an @", good.replace("https://", "https://name.example@"), "other-address"],
    ["the consent page", `https://appcenter.intuit.com/connect/oauth2?client_id=a&state=${state}`, "consent-page"],
    ["the sign-in page with the request", `https://accounts.example/?client_id=a&response_type=code`, "consent-page"],
    ["another state", good.replace("0f0f", "0e0f"), "other-state"],
    ["a state too long", good.replace(state, `${state}0`), "other-state"],
    ["two states", `${good}&state=${state}`, "other-state"],
    ["no query", redirectUri, "cut-off"],
    ["an end in the state", good.slice(0, good.indexOf(state) + 20), "cut-off"],
    ["no state and no realm", `${redirectUri}?code=${code}`, "cut-off"],
    ["an end before the realm", good.slice(0, good.indexOf("&realmId")), "cut-off"],
    ["an end in the realm's name", good.slice(0, good.indexOf("Id=")), "cut-off"],
    ["an end before the realm's number", good.slice(0, good.indexOf("913")), "cut-off"],
    ["no code", `${redirectUri}?state=${state}&realmId=1`, "cut-off"],
    ["an empty code", good.replace(code, ""), "unusable-code"],
    ["two codes", `${good}&code=b`, "unusable-code"],
    ["a code and an error", `${good}&error=access_denied`, "unusable-code"],
    ["a realm of letters", good.replace("9130", "abc"), "unusable-realm"],
    ["prose", "it says that the page cannot be found", "no-address"],
    ["prose around it", `see ${good}`, "no-address"],
    ["a space in it", good.replace("&", " &"), "no-address"],
    ["nothing like http", good.replace("https", "ftp"), "no-address"],
    ["a host without scheme", good.replace("https://", ""), "no-address"],
    ["nothing", "", "no-address"],
    ["a book", `${good}&x=${"y".repeat(longestPaste)}`, "too-long"],
  ])("with %s is refused in its own words", (_, text, problem) => {
    expect(judge(text)).toBe(problem);
  });

  it("that tells of a denial is a denial only with the right state", () => {
    expect(judge(`${redirectUri}?error=access_denied&state=${state}`)).toMatchObject({ error: "access_denied" });
    expect(judge(`${redirectUri}?error=access_denied&state=x`)).toBe("other-state");
    expect(judge(`${redirectUri}?error=access_denied`)).toBe("other-state");
  });

  it("is never believed without the state, whatever it looks like", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(redirectUri, "?", "&", "code=a", "state=", "realmId=1", "\n", '"', "%"),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const verdict = judgePaste(pieces.join(""), expected);
        expect(verdict.kind).toBe("wrong");
      }),
      { numRuns: 500 },
    );
  });

  it("comes through any wrapping unchanged", () => {
    const wrap = fc.array(fc.integer({ min: 1, max: good.length - 1 }), { maxLength: 5 });
    fc.assert(
      fc.property(wrap, fc.constantFrom("\n", "\r\n", "\r", " \n", "\n   "), (places, lineBreak) => {
        const cuts = [...new Set([0, ...places, good.length])].toSorted((a, b) => a - b);
        const lines = cuts.slice(1).map((end, index) => good.slice(cuts[index], end));
        expect(judge(lines.join(lineBreak))).toEqual(granted);
      }),
    );
  });

  it("keeps its percent-encoding: it is decoded once, as over the network", () => {
    expect(readPastedAddress(`${redirectUri}?code=a%252Bb`)?.query).toBe("code=a%252Bb");
    expect(judge(good.replace(code, "a%252Bb"))).toEqual(["a%2Bb", "9130350000000001"]);
  });
});
