import { once } from "node:events";
import type { Server } from "node:http";
import { QboError } from "../../core/errors.ts";
import type { ListenAddress } from "../../core/ports.ts";

/** The machine has no such address family. */
const missingFamily = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT"]);
const taken = new Set(["EADDRINUSE", "EACCES"]);

export interface BindOptions {
  address: ListenAddress;
  platform: NodeJS.Platform;
  makeServer: () => Server;
}

/**
 * Servers that listen on the address: on both loopback addresses for `localhost`, because whoever held the other one
 * would receive the code; a machine may lack one of the two families. All listen, or none does.
 * Throws CALLBACK_PORT_IN_USE, and CONFIG_INVALID when the address is none of this machine's.
 */
export async function bindAll({ address, platform, makeServer }: BindOptions): Promise<Server[]> {
  const hosts = address.host === "localhost" ? ["127.0.0.1", "::1"] : [address.host.replace(/^\[|\]$/g, "")];
  const bound: Server[] = [];
  const missing: unknown[] = [];
  for (const host of hosts) {
    const server = makeServer();
    try {
      await bind(server, host, address.port);
      bound.push(server);
    } catch (error) {
      const code = readCode(error);
      if (hosts.length > 1 && missingFamily.has(code)) {
        missing.push(error);
        continue;
      }
      for (const other of bound) other.close();
      throw describeBindFailure(error, { host, port: address.port, platform });
    }
  }
  if (bound.length === 0) throw notOurs(address.host, missing[0]);
  return bound;
}

async function bind(server: Server, host: string, port: number): Promise<void> {
  server.listen({ host, port, exclusive: true });
  await once(server, "listening");
}

function describeBindFailure(error: unknown, at: { host: string; port: number; platform: NodeJS.Platform }): unknown {
  const code = readCode(error);
  if (taken.has(code)) return inUse(error, at);
  if (missingFamily.has(code) || code === "ENOTFOUND" || code === "EAI_AGAIN") return notOurs(at.host, error);
  return error;
}

function inUse(cause: unknown, at: { host: string; port: number; platform: NodeJS.Platform }): QboError {
  const place = at.host.includes(":") ? `[${at.host}]:${at.port}` : `${at.host}:${at.port}`;
  const reason = readCode(cause) === "EACCES" ? "may not be used by you" : "is in use by another program";
  return new QboError("CALLBACK_PORT_IN_USE", `The port for the sign-in, ${place}, ${reason}.`, {
    hint:
      `\`${nameHolderCommand(at.port, at.platform)}\` shows who holds it; end that program and try again. ` +
      "Another port takes another redirect URI, registered with Intuit.",
    cause,
  });
}

function nameHolderCommand(port: number, platform: NodeJS.Platform): string {
  if (platform === "win32") return `netstat -ano | findstr :${port}`;
  return `lsof -nP -iTCP:${port} -sTCP:LISTEN`;
}

function notOurs(host: string, cause: unknown): QboError {
  return new QboError("CONFIG_INVALID", `${host} is not an address of this machine, so nothing can listen there.`, {
    hint: "Use --listen with a loopback address, for example --listen http://127.0.0.1:8722.",
    cause,
  });
}

function readCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
