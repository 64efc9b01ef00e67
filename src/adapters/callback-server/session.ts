import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallbackRequest, CallbackVerdict, FinalPage } from "../../core/callback-server.ts";
import type { Clock } from "../../core/ports.ts";
import { sendPage, sendRedirect, sendText } from "./answers.ts";
import { renderPage } from "./pages.ts";

export interface SessionOptions<A> {
  judge: (request: CallbackRequest) => CallbackVerdict<A>;
  clock: Clock;
  /** How long a browser may wait for the final page, in milliseconds. */
  resultWaitMs: number;
  /** Told of each connection that belongs to the browser which called back. */
  onTrusted: (request: IncomingMessage) => void;
}

/** One sign-in as seen from the browser: a callback is accepted, and its result page waits for the outcome. */
export interface Session<A> {
  readonly response: Promise<A>;
  /** Whether a callback was accepted, so that a browser will come for the final page. */
  readonly wasAnswered: boolean;
  handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Resolves once the final page has left for every browser that waits, and for at least one. */
  show(page: FinalPage): Promise<void>;
}

interface Accepted {
  target: string;
  /** Ends the address of the result; nobody can guess it. */
  resultPath: string;
}

/** A session that waits for its first accepted callback. */
export function createSession<A>({ judge, clock, resultWaitMs, onTrusted }: SessionOptions<A>): Session<A> {
  const responded = defer<A>();
  const outcome = defer<FinalPage>();
  const served = defer<void>();
  const waiting = new Set<ServerResponse>();
  let accepted: Accepted | undefined;
  let wasServed = false;

  function handleFirst(request: IncomingMessage, response: ServerResponse): void {
    const target = request.url ?? "";
    const verdict = judgeSafely(judge, { method: request.method ?? "", target, hosts: listHosts(request) });
    if (verdict.kind === "ignored") {
      sendText(response, verdict.status, verdict.text);
      return;
    }
    accepted = { target, resultPath: `result/${randomBytes(16).toString("base64url")}` };
    responded.resolve(verdict.response);
    onTrusted(request);
    sendRedirect(response, accepted.resultPath);
  }

  function handleLater({ target, resultPath }: Accepted, request: IncomingMessage, response: ServerResponse): void {
    const isDuplicate = request.url === target;
    const isResult = request.url?.endsWith(`/${resultPath}`) ?? false;
    if (!isDuplicate && !isResult) {
      sendText(response, 404, "Not found.");
    } else if (request.method !== "GET") {
      sendText(response, 405, "Only GET is allowed.");
    } else {
      onTrusted(request);
      if (isDuplicate) sendRedirect(response, resultPath);
      else void serveResult(request, response);
    }
  }

  async function serveResult(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    waiting.add(response);
    // The socket closes after the last byte was handed to the system; the response alone says so too early.
    request.socket.once("close", () => {
      gone.abort();
      waiting.delete(response);
      wasServed ||= response.writableFinished && response.statusCode === 200;
      if (wasServed && waiting.size === 0) served.resolve();
    });
    const page = await Promise.race([outcome.promise, clock.sleep(resultWaitMs, gone.signal)]);
    if (gone.signal.aborted) return;
    if (page === undefined) sendText(response, 503, "Still at work. The terminal shows how the sign-in ends.");
    else sendPage(response, renderPage(page));
  }

  return {
    response: responded.promise,
    get wasAnswered() {
      return accepted !== undefined;
    },
    handle: (request, response) =>
      accepted === undefined ? handleFirst(request, response) : handleLater(accepted, request, response),
    show: async (page) => {
      outcome.resolve(page);
      await served.promise;
    },
  };
}

/** A defect in judging must not let a stranger end the sign-in of somebody else: what cannot be judged is refused. */
function judgeSafely<A>(judge: SessionOptions<A>["judge"], request: CallbackRequest): CallbackVerdict<A> {
  try {
    return judge(request);
  } catch {
    return { kind: "ignored", status: 400, text: "Bad request." };
  }
}

/** Node keeps only one Host header in `headers`; a request with two must be seen as such (RFC 9112, section 3.2). */
function listHosts(request: IncomingMessage): string[] {
  const { rawHeaders } = request;
  return rawHeaders.filter((_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "host");
}

interface Deferred<T> {
  promise: Promise<T>;
  resolve(value: T): void;
}

function defer<T>(): Deferred<T> {
  let settle: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value) => settle(value) };
}
