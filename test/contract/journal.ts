import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pickEvents, type EventQuery } from "../../src/core/journal-query.ts";
import type { Journal } from "../../src/core/store-ports.ts";

const start = Date.parse("2026-01-02T03:04:05Z");
const connections = ["sandbox/AB1/1", "sandbox/AB1/2", "production/CD2/1", null];
const events = ["refreshed", "refresh-rejected", "login-started"] as const;
/** It would look like another event, and another time, to whoever reads the line carelessly. */
const misleading = '"event":"revoked","at":"2031-01-01T00:00:00Z"';

/** What whoever asks a journal may rely on. `now` is the time that the journal goes by. */
export function testJournal(what: string, open: (now: () => number) => Promise<Journal>): void {
  describe(`what is asked of the journal in ${what}`, () => {
    it("comes back, and nothing else", async () => {
      let at = start;
      const journal = await open(() => at);
      for (let index = 0; index < 60; index += 1) {
        // Also within one second, with and without a fraction, and in one moment.
        at = start + Math.floor(index / 2) * 250;
        await journal.append({
          connection: connections[index % connections.length] ?? null,
          event: events[index % events.length] ?? "refreshed",
          outcome: misleading,
          tokenBefore: null,
          tokenAfter: null,
          intuitTid: null,
          detail: String(index),
        });
      }
      const all = await journal.read({});
      expect(all.map(({ detail }) => detail)).toEqual(Array.from({ length: 60 }, (_, index) => String(index)));
      const few: [EventQuery, ...EventQuery[]][] = [
        [{ limit: 1 }],
        [{ connection: "sandbox/AB1/1", limit: 2 }],
        [
          { events: ["refreshed"], limit: 3 },
          { environment: "production", limit: 2 },
          { isUnnamed: true, limit: 1 },
        ],
        [{ since: start + 1000, until: start + 6000, limit: 4 }],
      ];
      for (const asked of few) expect(await journal.read(...asked)).toEqual(pickEvents(all, asked));
      await fc.assert(
        fc.asyncProperty(fc.array(queries, { minLength: 1, maxLength: 3 }), async ([first = {}, ...others]) => {
          expect(await journal.read(first, ...others)).toEqual(pickEvents(all, [first, ...others]));
          const { limit: _limit, ...unlimited } = first;
          expect(await journal.count(first)).toBe(pickEvents(all, [unlimited]).length);
        }),
        { numRuns: 60 },
      );
    });
  });
}

/** Also long before there were clocks: whoever asks for 9,999,999 weeks means everything. */
const moment = fc.oneof(
  fc.integer({ min: -2, max: 40 }).map((quarter) => start + quarter * 250),
  fc.constantFrom(-6e17, 0, 6e17),
);

const queries: fc.Arbitrary<EventQuery> = fc.record(
  {
    connection: fc.constantFrom("sandbox/AB1/1", "production/CD2/1", "sandbox/AB1/9"),
    isUnnamed: fc.constant(true as const),
    environment: fc.constantFrom("sandbox", "emulator"),
    clientIds: fc.subarray(["AB1", "CD2", "EF3"]),
    realmId: fc.constantFrom("1", "2"),
    events: fc.subarray([...events, "revoked" as const]),
    since: moment,
    until: moment,
    limit: fc.integer({ min: 1, max: 80 }),
  },
  { requiredKeys: [] },
);
