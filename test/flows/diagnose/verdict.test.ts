import { describe, expect, it } from "vitest";
import { causeIds, formatAdvice, getCause, listFixes, summarize } from "../../../src/flows/causes/causes.ts";
import type { Confidence } from "../../../src/flows/causes/cause.ts";
import type { Finding } from "../../../src/flows/causes/finding.ts";
import { fail, pass, warn } from "../../../src/flows/diagnose/check-result.ts";
import { judge } from "../../../src/flows/diagnose/verdict.ts";
import { rankFindings } from "../../../src/flows/causes/rank-findings.ts";

const subject = { connection: "acme", realmId: "1", environment: "sandbox", clientId: "c", redirectUri: "u" };
const healthy = { subject, isRejected: false };
const find = (cause: Finding["cause"], confidence: Confidence, evidence = "E."): Finding => ({
  cause,
  confidence,
  evidence,
});
const rank = (...found: Finding[]) => rankFindings(found).map(({ cause, confidence }) => `${cause}, ${confidence}`);

describe("the ranking", () => {
  it("puts the surest first, and at equal confidence what stands in the way of the other", () => {
    expect(rank(find("clock-skew", "likely"), find("keys-wrong", "possible"), find("revoked-here", "certain"))).toEqual(
      ["revoked-here, certain", "clock-skew, likely", "keys-wrong, possible"],
    );
    expect(rank(find("service-outage", "certain"), find("store-unavailable", "certain"))[0]).toContain(
      "store-unavailable",
    );
  });

  it("calls likely causes possible when there are several and none is certain", () => {
    expect(rank(find("service-outage", "likely"), find("client-changed", "likely"))).toEqual([
      "client-changed, possible",
      "service-outage, possible",
    ]);
  });

  it("has each cause once, with all of its evidence and the most exact remedy", () => {
    const found = [find("keys-wrong", "likely", "A."), { ...find("keys-wrong", "certain", "B."), fix: ["do it"] }];
    expect(rankFindings([...found, find("keys-wrong", "possible", "A.")])).toEqual([
      { cause: "keys-wrong", confidence: "certain", evidence: "A. B.", fix: ["do it"] },
    ]);
  });
});

describe("the verdict", () => {
  it("is none while nothing fails, whatever is suspected", () => {
    expect(judge([pass("fine"), warn("hm", null, [find("client-changed", "likely")])], healthy)).toEqual({
      verdict: null,
      ranking: [],
      exitCode: 0,
    });
  });

  it("takes suspicions into account once something fails", () => {
    const results = [warn("hm", null, [find("client-changed", "possible")]), fail("bad", null)];
    expect(judge(results, healthy)).toMatchObject({
      verdict: { cause: "client-changed", confidence: "possible", fix: ["qbo login acme"] },
      exitCode: 4,
    });
  });

  it("falls back to the two causes that lie elsewhere when a rejection has no other", () => {
    const { verdict, ranking } = judge([fail("bad", null)], { subject, isRejected: true });
    expect([verdict?.cause, verdict?.confidence]).toEqual(["revoked-or-rotated-elsewhere", "likely"]);
    expect(ranking).toHaveLength(1);
    const explained = judge([fail("bad", null, { cause: "service-outage", confidence: "likely" })], {
      subject,
      isRejected: true,
    });
    expect(explained.ranking.map(({ cause, confidence }) => `${cause}, ${confidence}`)).toEqual([
      "service-outage, likely",
      "revoked-or-rotated-elsewhere, possible",
    ]);
  });

  it("has the exit code of its cause, of the check when there is no cause, and 4 for a lost answer that was rejected", () => {
    const lost = fail("lost", null, { cause: "unconfirmed-refresh", confidence: "certain" });
    expect(judge([lost], healthy).exitCode).toBe(6);
    expect(judge([lost], { subject, isRejected: true }).exitCode).toBe(4);
    expect(judge([{ ...fail("no secret", null), exitCode: 3 }], healthy)).toMatchObject({ verdict: null, exitCode: 3 });
  });
});

describe("the table of causes", () => {
  it("is that of the contract", () => {
    const contract =
      "redirect-uri-mismatch redirect-uri-has-query keys-wrong keys-environment-mismatch code-already-used code-expired " +
      "refresh-token-expired hard-expiry-reached stale-refresh-token rotated-elsewhere shadowed-by-environment revoked-here " +
      "revoked-or-rotated-elsewhere unconfirmed-refresh double-exchange service-outage client-changed clock-skew " +
      "not-admin-anymore subscription-lapsed scope-missing store-unavailable network-unreachable";
    expect(causeIds.toSorted()).toEqual(contract.split(" ").toSorted());
  });

  it.each(causeIds)("says everything about %s, also when nothing is known yet", (id) => {
    const nobody = { connection: null, realmId: null, environment: null, clientId: null, redirectUri: null };
    for (const about of [subject, nobody]) {
      for (const confidence of ["certain", "likely", "possible"] as const)
        expect(summarize(id, confidence, about)).toMatch(/^[A-Z][^]*[^.]\.$/);
      expect(listFixes(id, about).join()).toMatch(/\S/);
      expect(formatAdvice(id, about)).not.toMatch(/undefined|null/);
    }
    expect([4, 5, 6, 7]).toContain(getCause(id).exitCode);
    expect(`${getCause(id).symptom} ${getCause(id).evidence}`).not.toMatch(/undefined|null/);
  });
});
