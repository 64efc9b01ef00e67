import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import type { Server as TcpServer, Socket } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { createCertificates } from "../../../src/adapters/certificate/certificates.ts";
import type { ServerCertificate } from "../../../src/core/certificates.ts";

const endings: (() => Promise<void>)[] = [];

/** Undoes, after each case, what the case opened. */
export function cleanUpAfterEach(): void {
  afterEach(async () => {
    for (const end of endings.splice(0)) await end();
  });
}

export interface Running {
  port: number;
  /** How many connections were accepted so far. */
  connections(): number;
}

async function start(server: TcpServer): Promise<Running> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on("connection", (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endings.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: portOf(server), connections: () => accepted };
}

export async function startHttp(listener: RequestListener): Promise<Running> {
  return await start(createHttpServer({ keepAliveTimeout: 60_000 }, listener));
}

export async function startHttps(leaf: ServerCertificate, listener: RequestListener): Promise<Running> {
  const server: Server = createHttpsServer({ key: leaf.keyPem, cert: leaf.certificatePem }, listener);
  return await start(server);
}

export async function startTcp(onConnection: (socket: Socket) => void): Promise<Running> {
  return await start(createTcpServer(onConnection));
}

function portOf(server: TcpServer): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen on a port");
  return address.port;
}

async function makeTempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "qbo-test-"));
  endings.push(async () => await rm(folder, { recursive: true }));
  return folder;
}

/** Two leaves for the same names, of which each is a stranger to the other. */
export async function makeLeaves(): Promise<{ ours: ServerCertificate; other: ServerCertificate }> {
  const folder = await makeTempFolder();
  const certificates = createCertificates({ folder, clock: { now: () => Date.now(), sleep: async () => {} } });
  return { ours: await certificates.forCallback(), other: await certificates.forEmulator() };
}
