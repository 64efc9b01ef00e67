import { describe, expect, it } from "vitest";
import { hour, minute } from "../../../src/core/instant.ts";
import { explainRejectedCode, findLastGoodRedirect, traceLastSignIn } from "../../../src/flows/causes/sign-in-trace.ts";
import { acme, began, exchanged, other, writeEvents, type Line } from "../diagnose/journal-events.ts";

const started = (changes: Partial<Line> = {}): Line => ({
  event: "login-started",
  connection: null,
  detail: "https://localhost:8722/callback",
  ...changes,
});
const received = (code: string, changes: Partial<Line> = {}): Line => ({
  event: "code-received",
  tokenBefore: code,
  detail: "https://localhost:8722/callback",
  ...changes,
});
const endOf = (...lines: Line[]) => traceLastSignIn(writeEvents(...lines), null)?.end;

describe("the last sign-in", () => {
  it("is told by the process that began it", () => {
    expect(endOf()).toBe(undefined);
    expect(endOf(started())).toBe("open");
    expect(endOf(started(), started({ outcome: "timed-out" }))).toBe("unanswered");
    expect(endOf(started(), received("x"), exchanged("x", "ok"))).toBe("connected");
    expect(endOf(started(), received("x"), exchanged("x", "grant-rejected"))).toBe("code-rejected");
    expect(endOf(started(), received("x"), exchanged("x", "client-rejected"))).toBe("client-rejected");
    expect(endOf(started(), received("x"), exchanged("x", "lost"))).toBe("failed");
    expect(endOf(started(), exchanged("x", "ok", { pid: 8 }))).toBe("open");
    expect(endOf(started({ outcome: "timed-out" }), started())).toBe("open");
  });

  it("of another connection is none of this one's", () => {
    const events = writeEvents(
      started({ connection: other("2") }),
      started({ connection: null, outcome: "timed-out" }),
    );
    expect(traceLastSignIn(events, acme)).toBe(undefined);
  });
});

describe("the redirect URI that last worked", () => {
  it("is that of the last code that brought tokens to this client", () => {
    const events = writeEvents(
      received("x", { detail: "https://a.example/old" }),
      exchanged("x", "ok"),
      received("y", { detail: "https://a.example/new" }),
      exchanged("y", "ok"),
      received("z", { detail: "https://a.example/bad" }),
      exchanged("z", "grant-rejected"),
    );
    expect(findLastGoodRedirect(events, "client")).toBe("https://a.example/new");
    expect(findLastGoodRedirect(events, "another")).toBe(undefined);
  });
});

describe("a rejected code", () => {
  const explain = (...lines: Line[]) => {
    const events = writeEvents(...lines);
    const found = traceLastSignIn(events, null);
    return found ? explainRejectedCode(events, found).map(({ cause, confidence }) => `${cause}, ${confidence}`) : [];
  };
  const at = (milliseconds: number) => ({ at: began + milliseconds });

  it("was used before, when the journal has it", () => {
    const earlier = exchanged("x", "ok", { pid: 3 });
    expect(explain(earlier, started(), received("x"), exchanged("x", "grant-rejected"))).toEqual([
      "code-already-used, certain",
    ]);
    const unsent = exchanged("x", "not-sent", { pid: 3 });
    expect(explain(unsent, started(), received("x"), exchanged("x", "grant-rejected"))).toEqual([]);
  });

  it("was too old, when more than ten minutes passed", () => {
    const late = exchanged("x", "grant-rejected", at(hour));
    expect(explain(started(), received("x", at(minute)), late)).toEqual(["code-expired, certain"]);
    expect(explain(started(), received("x", at(hour)), late)).toEqual(["code-expired, likely"]);
    expect(explain(started(), received("x", at(1)), exchanged("x", "grant-rejected", at(9 * minute)))).toEqual([]);
  });

  it("of a sign-in that went well is none", () => {
    expect(explain(started(), received("x"), exchanged("x", "ok", at(hour)))).toEqual([]);
  });
});
