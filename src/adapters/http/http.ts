import { QboError } from "../../core/errors.ts";
import type { Http, HttpAnswer, HttpRequest } from "../../core/http.ts";
import { second } from "../../core/instant.ts";
import { exchange, ExchangeFailed } from "./exchange.ts";
import type { ExchangeLimits } from "./exchange.ts";
import { describeFailure } from "./failure.ts";
import { chooseProxy, type Env } from "./find-proxy.ts";
import { openRoute } from "./route.ts";
import { describeAnswer, describeRequest, describeTrouble } from "./trace.ts";
import type { HttpTrace } from "./trace.ts";

const defaultLimits: ExchangeLimits = { connectMs: 10 * second, requestMs: 60 * second, answerBytes: 1024 * 1024 };

export interface HttpOptions {
  /** Read for HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
  env: Env;
  /** Version of this program, for the user agent. */
  version: string;
  trace?: HttpTrace;
  limits?: Partial<ExchangeLimits>;
}

/**
 * HTTP over undici, one socket for one request: a kept connection that the server has closed meanwhile looks like a
 * lost answer. An answer beyond the limit counts as lost, because the server did process the request.
 * `send` throws `NotSent`, `AnswerLost`, and CANCELLED when the request's signal is aborted.
 */
export function createHttp({ env, version, trace, limits }: HttpOptions): Http {
  const agent = `qbo-cli/${version}`;
  const allLimits = { ...defaultLimits, ...limits };
  const send = async (request: HttpRequest): Promise<HttpAnswer> =>
    await sendOnce(request, { env, agent, limits: allLimits });
  return { send: trace === undefined ? send : async (request) => await sendTraced(request, send, trace) };
}

interface Sending {
  env: Env;
  agent: string;
  limits: ExchangeLimits;
}

async function sendOnce(request: HttpRequest, { env, agent, limits }: Sending): Promise<HttpAnswer> {
  const url = new URL(request.url);
  const { pinnedCertificate, signal, answerBytes = limits.answerBytes } = request;
  if (isAborted(signal)) throw cancelled(signal?.reason);
  const proxy = chooseProxy(url, env);
  const dispatcher = await openRoute({ proxy, pinnedCertificate, connectMs: limits.connectMs });
  try {
    return await exchange({
      dispatcher,
      request: toDispatch(request, url, agent),
      limits: { ...limits, answerBytes },
      signal,
    });
  } catch (error) {
    if (isAborted(signal)) throw cancelled(error);
    throw error instanceof ExchangeFailed
      ? describeFailure(error, { host: url.host, proxy: proxy?.origin ?? null })
      : error;
  } finally {
    await dispatcher.destroy();
  }
}

function toDispatch(request: HttpRequest, url: URL, agent: string) {
  const own = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: request.method,
    headers: { "user-agent": agent, "accept-encoding": "identity", ...Object.fromEntries(own) },
    body: request.body ?? null,
    /** Sends `connection: close`. */
    reset: true,
  };
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}

function cancelled(cause: unknown): QboError {
  return new QboError("CANCELLED", "The request was cancelled.", { cause });
}

async function sendTraced(request: HttpRequest, send: Http["send"], trace: HttpTrace): Promise<HttpAnswer> {
  const startedAt = performance.now();
  trace(describeRequest(request));
  try {
    const answer = await send(request);
    trace(describeAnswer(request, answer, performance.now() - startedAt));
    return answer;
  } catch (error) {
    trace(describeTrouble(request, error, performance.now() - startedAt));
    throw error;
  }
}
