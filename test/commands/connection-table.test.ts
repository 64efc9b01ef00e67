import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Style } from "../../src/commands/kit/command.ts";
import { describeConnection } from "../../src/commands/kit/connection-lines.ts";
import { describeTable } from "../../src/commands/kit/connection-table.ts";
import type { ConnectionFacts } from "../../src/core/connection.ts";
import { describeDuty, judgeState, reportConnection } from "../../src/flows/connections/connection-report.ts";
import { anyFacts, exampleFacts } from "../core/example-facts.ts";

const plain = (text: string) => text;
const now = exampleFacts.connectedAt;

function createStyle(columns: number, isTerminal = true): Style {
  return { isTerminal, columns, now, bold: plain, dim: plain, green: plain, yellow: plain, red: plain, cyan: plain };
}

const context = { now, defaultConnection: undefined };
const sound: ConnectionFacts = {
  ...exampleFacts,
  disconnectedAt: null,
  rejection: null,
  companyName: "Copperleaf Garden Works",
  name: "copperleaf-garden-works",
};

/** A connection as the table gets it. */
function list(facts: ConnectionFacts) {
  const state = judgeState(facts, now);
  return { facts, state, ...describeDuty(facts, state, context) };
}

/** A connection that Intuit has rejected. */
function listRejected(change: Partial<ConnectionFacts> = {}) {
  const rejection = { at: now, code: "REFRESH_REJECTED", detail: "", intuitTid: null } as const;
  return list({ ...sound, rejection, ...change });
}

describe("the table of connections", () => {
  it.each([30, 40, 60, 80, 120])("is nowhere wider than %i columns", (columns) => {
    fc.assert(
      fc.property(fc.array(anyFacts, { minLength: 1, maxLength: 12 }), (all) => {
        const rows = describeTable(all.map(list), createStyle(columns)).slice(0, -1);
        expect(rows.filter((row) => row.length > columns)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    [130, "NAME STATE ACCESS REFRESH COMPANY NEXT", "qbo login copperleaf-garden-works"],
    [80, "NAME STATE ACCESS REFRESH COMPANY NEXT", "login"],
    [60, "NAME STATE REFRESH NEXT", "login"],
    [40, "NAME STATE NEXT", "login"],
  ])("gives up what tells the least first: at %i columns %s", (columns, titles, next) => {
    const [head = "", row = ""] = describeTable([listRejected(), list(sound)], createStyle(columns));
    const found = head.split(/ +/);
    expect(found.filter((title) => !["ENVIRONMENT", ""].includes(title)).join(" ")).toBe(titles);
    expect(row.endsWith(next)).toBe(true);
  });

  it.each([40, 60])(
    "at %i columns keeps apart names that differ at their ends, whole as long as that is possible",
    (columns) => {
      const names = ["hollow-lantern-bicycle-hire", "hollow-lantern-preserves"];
      const show = (listed: typeof list) =>
        describeTable(
          names.map((name) => listed({ ...sound, name })),
          createStyle(columns),
        ).slice(1, 3);
      expect(show(list).map((row) => row.split(/ +/)[0])).toEqual(names);
      expect(new Set(show(listRejected)).size).toBe(2);
    },
  );

  it("cuts nothing where no terminal is", () => {
    const name = "a".repeat(60);
    expect(describeTable([list({ ...sound, name })], createStyle(100, false))[1]).toContain(name);
  });

  it.each([
    ["the refresh token's", 12, 40, /stale +- +12 days +[A-Za-z]/, 0],
    ["the consent's, and says so, where that is sooner", 60, 12, /stale +- +consent 12 days /, 1],
    ["the consent's where that of the refresh token is unknown, and may be later", null, 12, /consent 12 days /, 1],
    ["none where only a distant end of the consent is known", null, 1000, /stale +- +- /, 0],
  ])("shows the end that comes first: %s", (_whose, refresh, consent, row, remarks) => {
    const after = (days: number | null) => (days === null ? null : now + days * 86_400_000);
    const tokens = {
      ...exampleFacts.tokens,
      accessTokenExpiresAt: null,
      refreshTokenExpiresAt: after(refresh),
      hardExpiresAt: after(consent),
    };
    const facts = { ...sound, tokens };
    const state = judgeState(facts, now, 0);
    const entry = { facts, state, ...describeDuty(facts, state, { ...context, warnWithin: 0 }) };
    expect(describeTable([entry], createStyle(200, false))[1]).toMatch(row);
    const report = reportConnection(facts, { ...context, warnWithin: 0 });
    const lines = describeConnection(report, createStyle(200, false)).join("\n");
    expect(lines.split("the consent ends first").length - 1).toBe(remarks);
  });

  it("shows no expiry of tokens that Intuit would not take", () => {
    const [, row = ""] = describeTable([listRejected()], createStyle(120));
    expect(row).toMatch(/reconnect +- +- /);
  });
});
