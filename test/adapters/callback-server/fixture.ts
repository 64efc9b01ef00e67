import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { request as requestSecurely } from "node:https";
import { createCallbackServer } from "../../../src/adapters/callback-server/callback-server.ts";
import type { CallbackLimits } from "../../../src/adapters/callback-server/callback-server.ts";
import type { Clock } from "../../../src/core/ports.ts";
import type {
  CallbackRequest,
  CallbackVerdict,
  FinalPage,
  RunningCallback,
} from "../../../src/core/callback-server.ts";
import type { ServerCertificate } from "../../../src/core/certificates.ts";
import { findFreePort } from "../../world/free-port.ts";

export const connectedPage: FinalPage = {
  kind: "connected",
  companyName: "Blue Door Supplies",
  environment: "sandbox",
  connection: "blue-door",
};

export const clock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, until) =>
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      until?.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};

/** Accepts `GET /callback?code=good…` and answers with its target. */
export function judge({ method, target }: CallbackRequest): CallbackVerdict<string> {
  if (method !== "GET") return { kind: "ignored", status: 405, text: "Only GET." };
  if (!target.startsWith("/callback?code=good")) return { kind: "ignored", status: 404, text: "Not here." };
  return { kind: "accepted", response: target };
}

export interface Opened {
  port: number;
  running: RunningCallback<string>;
  /** What was judged so far. */
  judged: CallbackRequest[];
}

const opened: RunningCallback<string>[] = [];

/** A callback server on a port that is free on both loopback addresses. */
export async function openCallback(
  options: {
    host?: string;
    certificate?: ServerCertificate;
    limits?: Partial<CallbackLimits>;
    judge?: typeof judge;
  } = {},
): Promise<Opened> {
  const port = await findFreePort();
  const judged: CallbackRequest[] = [];
  const certificate = options.certificate ?? null;
  const running = await createCallbackServer({ clock, platform: "linux", limits: options.limits ?? {} }).listen({
    address: { scheme: certificate === null ? "http" : "https", host: options.host ?? "localhost", port },
    certificate,
    judge: (incoming) => {
      judged.push(incoming);
      return (options.judge ?? judge)(incoming);
    },
  });
  opened.push(running);
  return { port, running, judged };
}

export async function closeAll(): Promise<void> {
  for (const running of opened.splice(0)) await running.close();
}

export interface Seen {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** One request on a socket of its own; TLS without any check of the certificate. */
export async function get(
  port: number,
  path: string,
  options: { method?: string; host?: string; tls?: boolean } = {},
): Promise<Seen> {
  const { method = "GET", host = "127.0.0.1", tls = false } = options;
  return await new Promise((resolve, reject) => {
    const send = tls ? requestSecurely : request;
    const outgoing = send({ host, port, path, method, agent: false, rejectUnauthorized: false }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (body += chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

/** Follows the redirect of an accepted callback. */
export function resolveLocation(seen: Seen, from: string): string {
  return new URL(seen.headers.location ?? "missing", `http://localhost${from}`).pathname;
}

/** Sends raw bytes and gathers what comes back until the server hangs up. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  return await new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let received = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => (received += chunk));
    socket.on("error", () => {});
    socket.on("close", () => resolve(received));
  });
}

export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** Resolves when the connection is over, however it ended. */
export async function awaitEnd(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.resume().once("close", () => resolve());
  });
}

export async function listenOn(host: string, port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

export async function closeServer(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

/** Throws when the port is taken on one of the two loopback addresses. */
export async function expectFree(port: number): Promise<void> {
  for (const host of ["127.0.0.1", "::1"]) await closeServer(await listenOn(host, port));
}
