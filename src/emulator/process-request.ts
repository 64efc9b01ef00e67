import { setTimeout as sleep } from "node:timers/promises";
import { answerFault } from "./endpoints/fault-answers.ts";
import type { Answer, ReceivedRequest } from "./http/http-message.ts";
import { answerJson, BadRequestError } from "./http/http-message.ts";
import type { Route } from "./router.ts";
import { findRoute } from "./router.ts";
import type { Fault } from "./state/faults.ts";
import type { LoggedRequest } from "./state/request-log.ts";
import { describeRequest } from "./state/request-log.ts";
import type { EmulatorState } from "./state/state.ts";

/** What happens to the connection at the end of a request. */
export interface Ending {
  answer: Answer;
  /** `none`: closed without a word; `half`: closed in the middle of the body. */
  delivery: "whole" | "half" | "none";
}

export interface Processing {
  /** How long an answer takes, what happens here included. */
  latencyMs: number;
  /** Makes what changed survive a restart. */
  save: () => Promise<void>;
  /** Ends every wait when the emulator closes. */
  signal: AbortSignal;
}

/**
 * Takes one request from its arrival to what is sent back. Judging it and changing the state happen in one tick; saving
 * and every delay come after, so that requests that wait cannot disturb each other.
 */
export async function processRequest(
  state: EmulatorState,
  request: ReceivedRequest,
  { intuitTid, latencyMs, save, signal }: Processing & { intuitTid: string },
): Promise<Ending> {
  const route = findRoute(request);
  if ("status" in route) return { answer: route, delivery: "whole" };
  const latency = route.isDelayed === true ? wait(latencyMs, signal) : undefined;
  const fault = takeFault(state, route, request);
  const entry = logRequest(state, request, { route, fault, intuitTid });
  const instead =
    fault !== undefined && route.endpoint !== null ? answerFault(state, fault, route.endpoint) : undefined;
  const delivery = findDelivery(fault);
  const isProcessed = instead === undefined && fault?.kind !== "dropped-request";
  const answer = instead ?? (isProcessed ? answerSafely(route, state, request) : answerJson(503, {}));
  if (entry !== undefined && delivery !== "none") entry.status = answer.status;
  if (isProcessed && route.changesState === true) await save();
  await latency;
  if (fault?.kind === "slow") await wait(fault.delayMs, signal);
  return { answer, delivery };
}

/** Rejects when the emulator closes, for whoever waits by then. */
function wait(milliseconds: number, signal: AbortSignal): Promise<void> | undefined {
  if (milliseconds === 0) return undefined;
  const waiting = sleep(milliseconds, undefined, { signal });
  waiting.catch(() => undefined);
  return waiting;
}

function takeFault(state: EmulatorState, route: Route, request: ReceivedRequest): Fault | undefined {
  if (route.endpoint === null) return undefined;
  return state.faults.take(route.endpoint, route.findRealmId?.(state, request));
}

function logRequest(
  state: EmulatorState,
  request: ReceivedRequest,
  { route, fault, intuitTid }: { route: Route; fault: Fault | undefined; intuitTid: string },
): LoggedRequest | undefined {
  if (route.endpoint === null) return undefined;
  return state.requestLog.add({
    at: state.clock.nowIso(),
    endpoint: route.endpoint,
    ...describeRequest(request),
    status: null,
    fault: fault?.kind ?? null,
    intuitTid,
  });
}

function findDelivery(fault: Fault | undefined): Ending["delivery"] {
  if (fault?.kind === "lost-reply" || fault?.kind === "dropped-request") return "none";
  return fault?.kind === "cut-reply" ? "half" : "whole";
}

function answerSafely(route: Route, state: EmulatorState, request: ReceivedRequest): Answer {
  try {
    return route.answer(state, request);
  } catch (cause) {
    if (cause instanceof BadRequestError) return answerJson(400, { error: cause.message });
    throw cause;
  }
}
