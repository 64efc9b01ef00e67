import type { RequestListener, Server, ServerOptions } from "node:http";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import { EmulatorError } from "../emulator-error.ts";

export interface ListenerOptions {
  /** 0 = any free port. */
  port: number;
  tls: { certificatePem: string; keyPem: string } | undefined;
  answer: RequestListener;
  /** The raw answer to something that is no HTTP request. */
  answerNoise: (socket: Socket) => void;
}

/** The open doors of the emulator. */
export interface Listener {
  port: number;
  /** Closes the port and ends every connection. */
  close(): Promise<void>;
}

const LARGEST_HEADERS_BYTES = 32 * 1024;
const SLOWEST_HEADERS_MS = 10_000;
const SLOWEST_REQUEST_MS = 20_000;
const PORT_ATTEMPTS = 20;
// The codes of a machine without IPv6; every other failure on ::1 counts.
const MISSING_FAMILY_CODES: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT"]);

/**
 * Listens on 127.0.0.1 and, on the same port, on ::1; only a missing IPv6 is tolerated.
 * Throws `EmulatorError`: `PORT_IN_USE`, `PORT_NOT_ALLOWED`, `CERTIFICATE_UNUSABLE`.
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openBoth(options);
    } catch (cause) {
      // A port that was free on 127.0.0.1 only: any other will do.
      const isBadLuck = options.port === 0 && cause instanceof EmulatorError && cause.code === "PORT_IN_USE";
      if (!isBadLuck || attempt === PORT_ATTEMPTS) throw cause;
    }
  }
}

async function openBoth(options: ListenerOptions): Promise<Listener> {
  const first = await openOne(options, "127.0.0.1", options.port);
  try {
    const second = await openOne(options, "::1", first.port);
    return {
      port: first.port,
      close: async () => {
        await Promise.all([first.close(), second.close()]);
      },
    };
  } catch (cause) {
    if (isMissingFamily(cause)) return first;
    await first.close();
    throw cause;
  }
}

async function openOne(options: ListenerOptions, host: string, port: number): Promise<Listener> {
  const server = createServer(options);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("clientError", (_error: Error, socket: Socket) => options.answerNoise(socket));
  await listen(server, host, port);
  return { port: findPort(server), close: () => closeServer(server, sockets) };
}

function createServer({ tls, answer }: ListenerOptions): Server {
  const limits: ServerOptions = {
    maxHeaderSize: LARGEST_HEADERS_BYTES,
    headersTimeout: SLOWEST_HEADERS_MS,
    requestTimeout: SLOWEST_REQUEST_MS,
    connectionsCheckingInterval: 1000,
  };
  if (tls === undefined) return createHttpServer(limits, answer);
  try {
    const handshake = { cert: tls.certificatePem, key: tls.keyPem, handshakeTimeout: SLOWEST_HEADERS_MS };
    return createHttpsServer({ ...limits, ...handshake }, answer);
  } catch (cause) {
    throw new EmulatorError("CERTIFICATE_UNUSABLE", "The certificate and key cannot be used for https.", { cause });
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => reject(explainListening(cause, host, port)));
    server.listen({ host, port, exclusive: true }, resolve);
  });
}

function findPort(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("A listening server has a port.");
  return address.port;
}

function explainListening(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  if (cause.code === "EADDRINUSE") {
    return new EmulatorError("PORT_IN_USE", `Port ${port} on ${host} is in use by another program.`, { cause });
  }
  if (cause.code === "EACCES") {
    return new EmulatorError("PORT_NOT_ALLOWED", `This user may not listen on port ${port}.`, { cause });
  }
  return cause;
}

function isMissingFamily(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && MISSING_FAMILY_CODES.has(String(cause.code));
}

function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((cause) => (cause === undefined ? resolve() : reject(cause)));
    for (const socket of sockets) socket.destroy();
  });
}
