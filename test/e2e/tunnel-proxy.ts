import { once } from "node:events";
import { createServer as createHttpServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface TunnelProxy {
  port: number;
  /** Each CONNECT: where to, and with which credentials. */
  asked: { target: string; credentials: string | null }[];
}

export interface TunnelOptions {
  /** The port of this machine to which every name leads. */
  to: number;
  /** Key and certificate of a proxy that is spoken to over TLS. */
  tls?: { key: string; cert: string };
  /** `user:password`, without which it answers 407. */
  credentials?: string;
  /** Refuses everything with this status. */
  refuseWith?: number;
}

/** A real proxy for the length of a test. It knows no DNS: whatever it is asked for, it leads to one port. */
export async function startTunnelProxy({ to, tls, credentials, refuseWith }: TunnelOptions): Promise<TunnelProxy> {
  const asked: TunnelProxy["asked"] = [];
  const server = tls ? createHttpsServer(tls) : createHttpServer();
  server.on("connect", (message: IncomingMessage, socket: Socket) => {
    const [, encoded] = /^Basic (.+)$/.exec(message.headers["proxy-authorization"] ?? "") ?? [];
    const given = encoded === undefined ? null : Buffer.from(encoded, "base64").toString();
    asked.push({ target: message.url ?? "", credentials: given });
    socket.on("error", () => socket.destroy());
    const status = refuseWith ?? (credentials !== undefined && given !== credentials ? 407 : 200);
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    const onward = connect(to, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
    socket.on("close", () => onward.destroy());
  });
  return { port: await listen(server), asked };
}

/** A TLS server in front of another one on this machine, as a name on the internet has one. */
export async function startFront(tls: { key: string; cert: string }, behind: string): Promise<number> {
  const pass = async (message: IncomingMessage, response: ServerResponse) => {
    const { method, headers, url = "/" } = message;
    const target = new URL(url, behind);
    const onward = request(target, { method, headers: { ...headers, host: target.host }, agent: false });
    message.pipe(onward);
    const [answer]: IncomingMessage[] = await once(onward, "response");
    response.writeHead(answer?.statusCode ?? 502, answer?.headers);
    answer?.pipe(response);
  };
  return listen(
    createHttpsServer(tls, (message, response) => void pass(message, response).catch(() => response.destroy())),
  );
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
