import { describe, expect, it } from "vitest";
import { minute } from "../../../src/core/instant.ts";
import { wasClientRejected, wasRejected } from "../../../src/flows/causes/journal-answers.ts";
import { traceLineage } from "../../../src/flows/causes/lineage.ts";
import { acme, exchanged, other, refreshed, rejected, writeEvents, type Line } from "../diagnose/journal-events.ts";

const trace = (stored: string | null, ...lines: Line[]) =>
  traceLineage({ events: writeEvents(...lines), id: acme, stored, host: "here" }).map(
    ({ cause, confidence }) => `${cause}, ${confidence}`,
  );

const revoked = (outcome: string): Line => ({ event: "revoked", outcome });

describe("the lineage of a token", () => {
  it("has nothing to tell of a token that is the newest and works", () => {
    expect(trace("b", exchanged("code", "ok", { tokenAfter: "a" }), refreshed("a", "b"), refreshed("b", "b"))).toEqual(
      [],
    );
    expect(trace("b", refreshed("a", "b"), rejected("b"))).toEqual([]);
    expect(trace(null)).toEqual([]);
  });

  it.each<[string, string | null, Line[]]>([
    ["revoked-here, certain", null, [{ event: "revoked", outcome: "revoked" }]],
    ["revoked-here, certain", null, [revoked("started"), revoked("already-dead")]],
    ["revoked-here, likely", "a", [revoked("started")]],
    ["revoked-here, likely", "a", [revoked("started"), revoked("unconfirmed")]],
    ["revoked-here, likely", "a", [revoked("started"), revoked("started"), revoked("failed")]],
    ["stale-refresh-token, likely", "a", [refreshed("a", "b")]],
    ["stale-refresh-token, certain", "a", [refreshed("a", "b"), refreshed("b", "c"), rejected("a")]],
    ["rotated-elsewhere, certain", "a", [refreshed("a", "b", { host: "build-7" }), rejected("a")]],
    ["rotated-elsewhere, certain", "b", [refreshed("a", "b", { host: "build-7" }), rejected("a")]],
    ["unconfirmed-refresh, certain", "a", [{ event: "refresh-unconfirmed", tokenBefore: "a" }]],
    ["unconfirmed-refresh, likely", "a", [{ event: "refresh-unconfirmed", tokenBefore: "a" }, rejected("a")]],
    [
      "unconfirmed-refresh, likely",
      "a",
      [
        { event: "refresh-started", tokenBefore: "a", pid: 1 },
        { event: "refresh-started", tokenBefore: "a", pid: 2 },
        { ...rejected("a"), pid: 2 },
      ],
    ],
    ["double-exchange, likely", "a", [exchanged("x", "ok", { tokenAfter: "a" }), exchanged("x", "grant-rejected")]],
    [
      "double-exchange, certain",
      "a",
      [
        exchanged("x", "ok", { tokenAfter: "a" }),
        exchanged("x", "grant-rejected", { connection: other("2"), host: "b" }),
        rejected("a"),
      ],
    ],
    [
      "service-outage, likely",
      "a",
      [rejected("z", { connection: other("2") }), rejected("y", { connection: other("3") }), rejected("a")],
    ],
    [
      "service-outage, likely",
      "a",
      [
        rejected("z", { connection: other("2") }),
        rejected("y", { connection: other("3") }),
        refreshed("x", "x", { connection: "another/client/4" }),
        rejected("a"),
      ],
    ],
  ])("speaks for %s (%#)", (finding, stored, lines) => {
    expect(trace(stored, ...lines)).toEqual([finding]);
  });

  it.each<[string, string | null, Line[]]>([
    ["a sign-in after the revocation", "a", [{ event: "revoked" }, exchanged("x", "ok", { tokenAfter: "a" })]],
    ["a revocation that failed", "a", [revoked("started"), revoked("failed")]],
    ["a refresh after the revocation that may have failed", "a", [revoked("started"), refreshed("a", "a")]],
    ["an import after the revocation", "a", [{ event: "revoked" }, { event: "imported", tokenAfter: "a" }]],
    ["a success after the lost answer", "a", [{ event: "refresh-unconfirmed", tokenBefore: "a" }, refreshed("a", "a")]],
    [
      "a refresh that was answered before the next",
      "a",
      [
        { event: "refresh-started", tokenBefore: "a", pid: 1 },
        { ...refreshed("a", "a"), pid: 1 },
        { event: "refresh-started", tokenBefore: "a", pid: 2 },
      ],
    ],
    [
      "a refresh that was given up before it was sent",
      "a",
      [
        { event: "refresh-started", tokenBefore: "a", pid: 1 },
        rejected("a", { outcome: "not-sent", pid: 1 }),
        { event: "refresh-started", tokenBefore: "a", pid: 2 },
      ],
    ],
    ["another token since the lost answer", "b", [{ event: "refresh-unconfirmed", tokenBefore: "a" }]],
    ["two codes", "a", [exchanged("x", "ok", { tokenAfter: "a" }), exchanged("y", "grant-rejected")]],
    ["a code that never left", "a", [exchanged("x", "ok", { tokenAfter: "a" }), exchanged("x", "not-sent")]],
    ["what happened to another connection", "a", [refreshed("a", "b", { connection: other("2") })]],
    [
      "three rejections with a success between them",
      "a",
      [
        rejected("z", { connection: other("2") }),
        refreshed("y", "y", { connection: other("3") }),
        rejected("x", { connection: other("4") }),
        rejected("a"),
      ],
    ],
    [
      "rejections of another environment, with a success between them",
      "a",
      [
        rejected("z", { connection: "another/client/2" }),
        rejected("y", { connection: "another/client/3" }),
        refreshed("x", "x", { connection: "another/client/4" }),
        rejected("a"),
      ],
    ],
    ["two rejections", "a", [rejected("z", { connection: other("2") }), rejected("a")]],
    ["three rejections of one connection", "a", [rejected("a"), rejected("a"), rejected("a")]],
    [
      "rejections that lie far apart",
      "a",
      [
        rejected("z", { connection: other("2"), at: 0 }),
        rejected("y", { connection: other("3"), at: 20 * minute }),
        rejected("a", { at: 40 * minute }),
      ],
    ],
  ])("is not misled by %s", (_, stored, lines) => {
    expect(trace(stored, ...lines)).toEqual([]);
  });

  it("knows rejection by the last answer only, and wrong keys are none", () => {
    const judge = (...lines: Line[]) => wasRejected(writeEvents(...lines), acme);
    expect(judge(rejected("a"), refreshed("a", "b"))).toBe(false);
    expect(judge(refreshed("a", "b"), rejected("b"), { event: "reconnect-required" })).toBe(true);
    expect(judge(rejected("a", { outcome: "client-rejected" }))).toBe(false);
    expect(judge(rejected("a", { connection: other("2") }))).toBe(false);
    expect(judge(rejected("a"), rejected("a", { outcome: "not-sent" }))).toBe(true);
  });

  it("knows wrong keys by what the client was told last, whichever connection it was for", () => {
    const judge = (...lines: Line[]) => wasClientRejected(writeEvents(...lines), "client");
    expect(judge(rejected("a", { outcome: "client-rejected", connection: other("2") }))).toBe(true);
    expect(judge(exchanged("x", "client-rejected"), rejected("a", { outcome: "unreachable" }))).toBe(true);
    expect(judge(exchanged("x", "client-rejected"), rejected("a", { outcome: "not-sent" }))).toBe(true);
    expect(judge(exchanged("x", "client-rejected"), refreshed("a", "b"))).toBe(false);
    expect(wasClientRejected(writeEvents(exchanged("x", "client-rejected")), "another")).toBe(false);
  });
});
