import { createServer as createHttpServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { CallbackListenOptions, CallbackServer, FinalPage, RunningCallback } from "../../core/callback-server.ts";
import type { ServerCertificate } from "../../core/certificates.ts";
import { QboError } from "../../core/errors.ts";
import { minute, second } from "../../core/instant.ts";
import type { Machine } from "../../core/machine.ts";
import type { Clock } from "../../core/ports.ts";
import { refuseConnection } from "./answers.ts";
import { bindAll } from "./bind.ts";
import { createCrowd } from "./crowd.ts";
import { createSession } from "./session.ts";

export interface CallbackLimits {
  /** How long the port stays open for the final page, in milliseconds. */
  lingerMs: number;
  /** How long a browser may wait for the final page, in milliseconds. */
  resultWaitMs: number;
  /** How long a connection may take for its TLS handshake, and for its request, in milliseconds. */
  requestMs: number;
  maxSockets: number;
}

const defaultLimits: CallbackLimits = {
  lingerMs: 2 * second,
  resultWaitMs: 5 * minute,
  requestMs: 10 * second,
  maxSockets: 200,
};

export interface CallbackServerOptions {
  clock: Clock;
  platform?: NodeJS.Platform;
  limits?: Partial<CallbackLimits>;
  /** Tells who holds a port that is in use; without it nobody is named. */
  findPortHolder?: Machine["findPortHolder"];
}

/** The temporary server that receives the redirect of a sign-in (RFC 8252, section 7.3). */
export function createCallbackServer({
  clock,
  platform = process.platform,
  limits = {},
  findPortHolder,
}: CallbackServerOptions): CallbackServer {
  const all = { ...defaultLimits, ...limits };
  return { listen: async (options) => await listen(options, { clock, platform, limits: all, findPortHolder }) };
}

interface Surroundings {
  clock: Clock;
  platform: NodeJS.Platform;
  limits: CallbackLimits;
  findPortHolder: Machine["findPortHolder"] | undefined;
}

async function listen<A>(
  options: CallbackListenOptions<A>,
  { clock, platform, limits, findPortHolder }: Surroundings,
): Promise<RunningCallback<A>> {
  const { address, certificate } = options;
  const crowd = createCrowd(limits.maxSockets);
  const session = createSession({
    judge: (request) => options.judge(request),
    clock,
    resultWaitMs: limits.resultWaitMs,
    onTrusted: (request) => crowd.keep(request.socket),
  });
  const secure = address.scheme === "https" ? { certificate } : undefined;
  const makeServer = (): Server => {
    const server = createServer(session.handle, limits.requestMs, secure);
    server.on("connection", crowd.admit);
    return server;
  };
  const servers = await bindAll({ address, platform, makeServer, findPortHolder }).catch((error: unknown) => {
    crowd.disperse();
    throw error;
  });
  const closing = new AbortController();

  async function close(): Promise<void> {
    closing.abort();
    const closed = servers.map(async (server) => await new Promise((resolve) => server.close(resolve)));
    crowd.disperse();
    await Promise.all(closed);
  }

  async function finish(page: FinalPage): Promise<void> {
    if (session.wasAnswered && !closing.signal.aborted) {
      await Promise.race([session.show(page), clock.sleep(limits.lingerMs, closing.signal)]);
    }
    await close();
  }

  return { response: session.response, finish, close };
}

/** A server that gives strangers little: small requests, little time, no body, and no way to fail loudly. */
function createServer(
  listener: RequestListener,
  requestMs: number,
  secure: { certificate: ServerCertificate | null } | undefined,
): Server {
  const options = {
    maxHeaderSize: 16 * 1024,
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(second, requestMs),
    // A missing Host is for `judge` to refuse, like any other.
    requireHostHeader: false,
  };
  const server =
    secure === undefined
      ? createHttpServer(options)
      : createSecureServer({ ...options, handshakeTimeout: requestMs }, secure.certificate);
  for (const event of ["request", "checkContinue", "checkExpectation"]) server.on(event, listener);
  server.on("clientError", refuseConnection);
  server.on("listening", () => {
    // From here on an error is a connection that could not be taken in; the others are not affected.
    server.on("error", () => {});
  });
  return server;
}

function createSecureServer(
  options: Parameters<typeof createHttpsServer>[0],
  certificate: ServerCertificate | null,
): Server {
  try {
    if (certificate === null) throw new Error("https was asked for without a certificate");
    return createHttpsServer({ ...options, key: certificate.keyPem, cert: certificate.certificatePem });
  } catch (error) {
    throw new QboError("CERTIFICATE_UNUSABLE", "The certificate for the sign-in's local address cannot be used.", {
      hint: "Delete the certificate file of qbo, and sign in again: it is made anew.",
      cause: error,
    });
  }
}
