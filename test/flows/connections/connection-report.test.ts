import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConnectionFacts } from "../../../src/core/connection.ts";
import { day, hour, second } from "../../../src/core/instant.ts";
import { earliestEnd, judgeState, reportConnection } from "../../../src/flows/connections/connection-report.ts";
import { anyFacts, exampleFacts } from "../../core/example-facts.ts";

const now = Date.UTC(2026, 5, 1);
const sound: ConnectionFacts = { ...exampleFacts, disconnectedAt: null, rejection: null };

const withTokens = (change: Partial<ConnectionFacts["tokens"]>, facts: Partial<ConnectionFacts> = {}) => ({
  ...sound,
  ...facts,
  tokens: {
    ...sound.tokens,
    accessTokenExpiresAt: now + hour,
    refreshTokenExpiresAt: now + 100 * day,
    hardExpiresAt: now + 1000 * day,
    ...change,
  },
});

describe("the state of a connection: the first that applies", () => {
  const { rejection, disconnectedAt } = exampleFacts;

  it.each<[string, Parameters<typeof withTokens>]>([
    ["ready", [{}]],
    ["ready", [{ accessTokenExpiresAt: now + 1 }]],
    ["ready", [{ refreshTokenExpiresAt: null, hardExpiresAt: null }]],
    ["ready", [{ refreshTokenExpiresAt: now + 14 * day }]],
    ["stale", [{ accessTokenExpiresAt: now }]],
    ["stale", [{ accessTokenExpiresAt: null }]],
    ["expiring", [{ refreshTokenExpiresAt: now + 14 * day - second }]],
    ["expiring", [{ hardExpiresAt: now + 1, accessTokenExpiresAt: null }]],
    ["reconnect", [{ refreshTokenExpiresAt: now }]],
    ["reconnect", [{ hardExpiresAt: now - 1 }]],
    ["reconnect", [{}, { rejection }]],
    ["disconnected", [{}, { disconnectedAt }]],
    ["disconnected", [{ refreshTokenExpiresAt: now - 1 }, { disconnectedAt, rejection }]],
  ])("%s", (state, given) => {
    expect(judgeState(withTokens(...given), now)).toBe(state);
  });

  it("has the earlier of both ends", () => {
    expect(earliestEnd(withTokens({ hardExpiresAt: now }), now)).toBe(now);
    expect(earliestEnd(withTokens({ hardExpiresAt: null }), now)).toBe(now + 100 * day);
    expect(earliestEnd(withTokens({ hardExpiresAt: null, refreshTokenExpiresAt: null }), now)).toBeNull();
  });
});

describe("the report on a connection", () => {
  const report = (facts: ConnectionFacts, context = {}) =>
    reportConnection(facts, { now, defaultConnection: undefined, ...context });

  it("tells times in ISO 8601 and durations in whole seconds", () => {
    expect(report(withTokens({ accessTokenExpiresAt: now + 1999 }))).toMatchObject({
      state: "ready",
      accessToken: { expiresAt: "2026-06-01T00:00:01.999Z", expiresIn: 1 },
      refreshToken: {
        expiresAt: "2026-09-09T00:00:00Z",
        expiresIn: 8_640_000,
        rotatedAt: "2026-01-02T03:04:05Z",
        hardExpiresAt: "2029-02-25T00:00:00Z",
      },
      lastRefresh: { at: "2026-01-02T03:04:05Z", outcome: "ok", intuitTid: "1-5f3a" },
      nextAction: null,
    });
  });

  it("names the default by name and by realm ID", () => {
    expect(report(sound).isDefault).toBe(false);
    expect(report(sound, { defaultConnection: "acme" }).isDefault).toBe(true);
    expect(report(sound, { defaultConnection: sound.realmId }).isDefault).toBe(true);
  });

  it("names the configured client only when it is another", () => {
    expect(report(sound, { configuredClientId: sound.clientId }).configuredClientId).toBeNull();
    expect(report(sound, { configuredClientId: "other" }).configuredClientId).toBe("other");
    expect(report(sound).configuredClientId).toBeNull();
  });

  it("suggests a refresh as long as one helps", () => {
    expect(report(withTokens({ refreshTokenExpiresAt: now + day })).nextAction).toBe("qbo refresh acme");
    expect(report(withTokens({ hardExpiresAt: now + day })).nextAction).toBe("qbo login acme");
    expect(report(withTokens({ hardExpiresAt: now })).nextAction).toBe("qbo login acme");
  });

  it("has the same keys for any connection, and no token facts once it is disconnected", () => {
    const keys = Object.keys(report(sound));
    fc.assert(
      fc.property(anyFacts, fc.integer({ min: 0, max: Date.UTC(2100, 0) }), (facts, at) => {
        const found = reportConnection(facts, { now: at, defaultConnection: undefined });
        expect(Object.keys(found)).toEqual(keys);
        expect(found.refreshToken === null).toBe(facts.disconnectedAt !== null);
        expect(found.accessToken?.expiresIn ?? 0).toBeGreaterThanOrEqual(0);
        expect(Object.values(found)).not.toContain(undefined);
      }),
    );
  });
});
