import type { IncomingMessage, ServerResponse } from "node:http";
import { answerJson } from "./http/http-message.ts";
import { receiveRequest } from "./http/receive-request.ts";
import type { Ending, Processing } from "./process-request.ts";
import { processRequest } from "./process-request.ts";
import { respond } from "./respond.ts";
import { mintTransactionId } from "./state/mint.ts";
import type { EmulatorState } from "./state/state.ts";

/** Serves one request to its end, whatever happens: a client that goes away or a full disk ends this request only. */
export async function serve(
  state: EmulatorState,
  { message, response }: { message: IncomingMessage; response: ServerResponse },
  processing: Processing,
): Promise<void> {
  const intuitTid = mintTransactionId();
  const ending = await findEnding(state, message, { ...processing, intuitTid });
  const date = state.policy.dateFollowsClock ? new Date(state.clock.nowSeconds() * 1000) : new Date();
  respond(response, ending, { intuitTid, date });
}

async function findEnding(
  state: EmulatorState,
  message: IncomingMessage,
  processing: Processing & { intuitTid: string },
): Promise<Ending> {
  try {
    const request = await receiveRequest(message);
    if (request !== undefined) return await processRequest(state, request, processing);
    return { answer: answerJson(413, { error: "The body is larger than 1 MB." }), delivery: "whole" };
  } catch (cause) {
    if (message.destroyed && !message.complete) return { answer: answerJson(400, {}), delivery: "none" };
    if (processing.signal.aborted) return { answer: answerJson(503, {}), delivery: "none" };
    return { answer: answerJson(500, { error: `The emulator failed: ${String(cause)}` }), delivery: "whole" };
  }
}
