import fc from "fast-check";
import { expect, it } from "vitest";
import { asQboError, QboError } from "../../../src/core/errors.ts";
import { workThrough } from "../../../src/flows/many/work-through.ts";

type Outcome = "done" | "failed" | "throttled" | "away" | "kept aside" | "busy" | "defect" | "interrupt" | "hold";

interface Plan {
  store: string;
  /** One for each attempt; what comes after them is done. */
  outcomes: readonly Outcome[];
  /** Whether it gives its turn to others before it has finished. */
  passes: boolean;
  /** Steps before it asks for its turn, while it has it, and behind it. */
  steps: readonly [number, number, number];
}

interface Result {
  item: number;
  outcome: Outcome | "sent home";
  error: QboError | null;
}

const details = {
  failed: { code: "INTUIT_REJECTED", details: {} },
  throttled: { code: "INTUIT_BUSY", details: { httpStatus: 429, retryAfter: 7 } },
  away: { code: "STORE_UNAVAILABLE", details: { isStoreAway: true } },
  "kept aside": { code: "STORE_UNAVAILABLE", details: { isStoreAway: true, isKeptAside: true } },
} as const;

function makeError(outcome: Outcome): QboError | null {
  if (outcome !== "failed" && outcome !== "throttled" && outcome !== "away" && outcome !== "kept aside") return null;
  const { code, details: told } = details[outcome];
  return new QboError(code, outcome, { details: told });
}

const often = (outcome: Outcome, weight: number) => ({ arbitrary: fc.constant(outcome), weight });
const arbitraryPlan: fc.Arbitrary<Plan> = fc.record({
  store: fc.constantFrom("file", "one team", "another team"),
  outcomes: fc.array(
    fc.oneof(
      often("done", 8),
      often("failed", 4),
      often("throttled", 4),
      often("away", 6),
      often("kept aside", 3),
      often("busy", 3),
      often("defect", 1),
      often("interrupt", 1),
      often("hold", 2),
    ),
    { maxLength: 6 },
  ),
  passes: fc.boolean(),
  steps: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
});

/** More than any plan of these needs. */
const mostAttempts = 2000;

async function run(plans: readonly Plan[], concurrency: number, lostStores: readonly string[]) {
  const controller = new AbortController();
  const seen = { inTurn: 0, mostInTurn: 0, attempts: 0, sentAfterEnd: 0 };
  const state = { now: 1_000_000, hasDefect: false, moment: 0, endedIn: Infinity };
  const results: Result[] = [];
  /** Of which half of the items nothing may be begun, and since which moment; what is done lets them go on. */
  const heldSince = new Map<number, number>();
  const sent = new Map<number, number>();
  const [nothing, progress] = [() => undefined, { advance: () => undefined, end: () => undefined }];
  /** What happens in one moment is as good as simultaneous. */
  const nextMoment = () => new Promise<void>((resolve) => setImmediate(() => resolve(void (state.moment += 1))));
  const step = async (count: number) => {
    for (let left = count; left > 0; left -= 1) await (left % 2 === 0 ? Promise.resolve() : nextMoment());
  };
  const end = await workThrough<number, Result>(
    {
      clock: {
        now: () => state.now,
        sleep: async (milliseconds) => void (state.now += Math.max(1, milliseconds)),
      },
      notices: { inform: nothing, warn: nothing, begin: () => nothing, count: () => progress },
      interruption: controller.signal,
    },
    plans.map((_, item) => item),
    {
      concurrency,
      storeOf: (item) => plans[item]?.store ?? "",
      isHeld: (item) => heldSince.has(item % 2),
      isPutOff: ({ outcome }) => outcome === "busy",
      isRepeatable: ({ outcome }) => outcome !== "kept aside" || plans[0]?.passes === true,
      keep: (result) => void results.push(result),
      async work(item, turn) {
        seen.attempts += 1;
        if (seen.attempts > mostAttempts) throw new Error("It goes on for ever.");
        const { store = "", outcomes = [], passes = false, steps = [0, 0, 0] } = plans[item] ?? {};
        await step(steps[0]);
        const sentHome = await turn.take().then(() => null, asQboError);
        if (sentHome) return { item, outcome: "sent home", error: sentHome };
        if (Math.min(state.endedIn, heldSince.get(item % 2) ?? Infinity) < state.moment) seen.sentAfterEnd += 1;
        seen.inTurn += 1;
        seen.mostInTurn = Math.max(seen.mostInTurn, seen.inTurn);
        const times = sent.get(item) ?? 0;
        sent.set(item, times + 1);
        await step(steps[1]);
        const outcome = lostStores.includes(store) ? "away" : (outcomes[times] ?? "done");
        const hasPassed = passes && outcome === "done";
        if (hasPassed) {
          seen.inTurn -= 1;
          turn.pass();
        }
        state.now += 1;
        await step(steps[2]);
        if (!hasPassed) seen.inTurn -= 1;
        if (outcome === "interrupt" || outcome === "defect") state.endedIn = Math.min(state.endedIn, state.moment);
        if (outcome === "interrupt") controller.abort(new QboError("CANCELLED", "Ctrl-C"));
        if (outcome === "hold" && !heldSince.has(item % 2)) heldSince.set(item % 2, state.moment);
        if (outcome === "done") heldSince.delete(item % 2);
        if (outcome === "defect") {
          state.hasDefect = true;
          throw new Error("a defect");
        }
        return { item, outcome, error: makeError(outcome) };
      },
    },
  );
  return { ...end, results, seen, state, isHeld: heldSince.size > 0, isInterrupted: controller.signal.aborted };
}

it("ends with each item once, worked through or left, never with more at a time than there are turns", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryPlan, { maxLength: 25 }),
      fc.integer({ min: 1, max: 9 }),
      fc.subarray(["file", "one team", "another team"]),
      async (plans, concurrency, lostStores) => {
        const { results, left, endedBy, storeAway, seen, state, isHeld, isInterrupted } = await run(
          plans,
          concurrency,
          lostStores,
        );
        expect(endedBy?.message).not.toBe("It goes on for ever.");
        // An item with a defect has no result: the run ends by it.
        const withDefect = state.hasDefect ? plans.length - results.length - left.length : 0;
        expect(withDefect).toBeLessThanOrEqual(concurrency);
        const told = [...results.map(({ item }) => item), ...left];
        expect(new Set(told).size).toBe(told.length);
        expect(told.length + withDefect).toBe(plans.length);
        expect(results.filter(({ outcome }) => outcome === "sent home")).toEqual([]);
        expect(seen.mostInTurn).toBeLessThanOrEqual(concurrency);
        expect(seen.sentAfterEnd).toBe(0);
        if (left.length > 0) expect(endedBy ?? storeAway ?? (isHeld || null)).not.toBeNull();
        if (isInterrupted) expect(endedBy).not.toBeNull();
      },
    ),
    { numRuns: 1000 },
  );
});
