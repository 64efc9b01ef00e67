import { isUtf8 } from "node:buffer";
import type { Dispatcher } from "undici";
import type { HttpAnswer } from "../../core/http.ts";

/** What one exchange may take: times in milliseconds, size in bytes. */
export interface ExchangeLimits {
  /** Name, connection, proxy and TLS together. */
  connectMs: number;
  /** Everything, from the call to the last byte of the answer. */
  requestMs: number;
  answerBytes: number;
}

export interface ExchangeOptions {
  dispatcher: Dispatcher;
  request: Dispatcher.DispatchOptions;
  limits: ExchangeLimits;
  signal: AbortSignal | undefined;
}

/** Why an exchange failed, and whether a byte of the request may have left by then. `cause` is the reason itself. */
export class ExchangeFailed extends Error {
  override readonly name = "ExchangeFailed";
  readonly wasStarted: boolean;

  constructor(cause: Error, wasStarted: boolean) {
    super(cause.message, { cause });
    this.wasStarted = wasStarted;
  }
}

/** A limit of ours that ended an exchange; `code` is what the table of reasons knows it by. */
class LimitReached extends Error {
  override readonly name = "LimitReached";
  readonly code: "QBO_CONNECT_TIMEOUT" | "QBO_REQUEST_TIMEOUT" | "QBO_ANSWER_TOO_LARGE" | "QBO_SENT_TWICE";

  constructor(code: LimitReached["code"]) {
    super(code);
    this.code = code;
  }
}

/**
 * One request and its whole answer. undici announces a request (`onRequestStart`) once its connection stands, TLS and
 * proxy tunnel included, and before it writes the first byte: a failure earlier than that never reached the server.
 * Throws `ExchangeFailed`, also when `signal` is aborted.
 */
export async function exchange({ dispatcher, request, limits, signal }: ExchangeOptions): Promise<HttpAnswer> {
  return await new Promise((resolve, reject) => {
    const handler = new AnswerCollector(limits.answerBytes, settle);
    const timers = [
      setTimeout(() => handler.wasStarted || handler.fail(new LimitReached("QBO_CONNECT_TIMEOUT")), limits.connectMs),
      setTimeout(() => handler.fail(new LimitReached("QBO_REQUEST_TIMEOUT")), limits.requestMs),
    ];
    const onAbort = (): void => handler.fail(asError(signal?.reason));
    signal?.addEventListener("abort", onAbort, { once: true });

    function settle(outcome: HttpAnswer | Error): void {
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      if (outcome instanceof Error) reject(new ExchangeFailed(outcome, handler.wasStarted));
      else resolve(outcome);
    }

    try {
      dispatcher.dispatch(request, handler);
    } catch (error) {
      handler.fail(asError(error));
    }
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("aborted", { cause: reason });
}

/** Gathers one answer and settles once: with the whole of it, or with the first thing that went wrong. */
class AnswerCollector implements Dispatcher.DispatchHandler {
  wasStarted = false;
  #isSettled = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #size = 0;
  readonly #limit: number;
  readonly #settle: (outcome: HttpAnswer | Error) => void;

  constructor(limit: number, settle: (outcome: HttpAnswer | Error) => void) {
    this.#limit = limit;
    this.#settle = settle;
  }

  fail(reason: Error): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#settle(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#isSettled) return controller.abort(new Error("given up before it was sent"));
    // undici would repeat a request on another connection in some cases; ours are sent once or not at all.
    if (this.wasStarted) return controller.abort(new LimitReached("QBO_SENT_TWICE"));
    this.wasStarted = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status;
    this.#headers = joinValues(headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#limit) return controller.abort(new LimitReached("QBO_ANSWER_TOO_LARGE"));
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const bytes = Buffer.concat(this.#chunks);
    const answer = { status: this.#status, headers: this.#headers, body: bytes.toString("utf8") };
    this.#settle(isUtf8(bytes) ? answer : { ...answer, bytes });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }
}

function joinValues(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return joined;
}
