import { Dispatcher } from "undici";
import { expect, test } from "vitest";
import { exchange } from "../../../src/adapters/http/exchange.ts";

/** Sends every request a second time, as a client does that finds its connection closed. */
class RepeatingDispatcher extends Dispatcher {
  sent = 0;

  override dispatch(_options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      let abortedBy: Error | null = null;
      const controller = {
        aborted: false,
        paused: false,
        reason: null,
        pause: () => {},
        resume: () => {},
        abort: (reason: Error) => (abortedBy = reason),
      };
      handler.onRequestStart?.(controller, {});
      if (abortedBy === null) this.sent += 1;
      else handler.onResponseError?.(controller, abortedBy);
    }
    return true;
  }
}

test("a request is never sent a second time", async () => {
  const dispatcher = new RepeatingDispatcher();
  const sending = exchange({
    dispatcher,
    request: { path: "/", method: "POST" },
    limits: { connectMs: 1000, requestMs: 2000, answerBytes: 10 },
    signal: undefined,
  });
  await expect(sending).rejects.toMatchObject({ wasStarted: true, cause: { code: "QBO_SENT_TWICE" } });
  expect(dispatcher.sent).toBe(1);
});
