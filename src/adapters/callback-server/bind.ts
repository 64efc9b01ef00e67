import { once } from "node:events";
import type { Server } from "node:http";
import type { ListenAddress } from "../../core/callback-server.ts";
import { QboError } from "../../core/errors.ts";
import type { Machine, PortHolder } from "../../core/machine.ts";

/** The machine has no such address family. */
const missingFamily = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT"]);
const taken = new Set(["EADDRINUSE", "EACCES"]);

export interface BindOptions {
  address: ListenAddress;
  platform: NodeJS.Platform;
  makeServer: () => Server;
  findPortHolder?: Machine["findPortHolder"] | undefined;
}

/**
 * Servers that listen on the address: on both loopback addresses for `localhost`, because whoever held the other one
 * would receive the code; a machine may lack one of the two families. All listen, or none does.
 * Throws CALLBACK_PORT_IN_USE, and CONFIG_INVALID when the address is none of this machine's.
 */
export async function bindAll({ address, platform, makeServer, findPortHolder }: BindOptions): Promise<Server[]> {
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
      const holder = code === "EADDRINUSE" ? await findPortHolder?.(address.port) : undefined;
      throw describeBindFailure(error, { host, port: address.port, platform, holder });
    }
  }
  if (bound.length === 0) throw notOurs(address.host, missing[0]);
  return bound;
}

async function bind(server: Server, host: string, port: number): Promise<void> {
  server.listen({ host, port, exclusive: true });
  await once(server, "listening");
}

interface Attempt {
  host: string;
  port: number;
  platform: NodeJS.Platform;
  holder: PortHolder | undefined;
}

function describeBindFailure(error: unknown, at: Attempt): unknown {
  const code = readCode(error);
  if (taken.has(code)) return inUse(error, at);
  if (missingFamily.has(code) || code === "ENOTFOUND" || code === "EAI_AGAIN") return notOurs(at.host, error);
  return error;
}

function inUse(cause: unknown, at: Attempt): QboError {
  const place = at.host.includes(":") ? `[${at.host}]:${at.port}` : `${at.host}:${at.port}`;
  const reason = readCode(cause) === "EACCES" ? "may not be used by you" : `is in use by ${nameHolder(at.holder)}`;
  return new QboError("CALLBACK_PORT_IN_USE", `The port for the sign-in, ${place}, ${reason}.`, {
    hint: `${adviseOn(at)} Another port takes another redirect URI, registered with Intuit.`,
    cause,
  });
}

function nameHolder(holder: PortHolder | undefined): string {
  if (holder === undefined) return "another program";
  const { pid, program, qboCommand } = holder;
  if (qboCommand === "login") return `another qbo login (pid ${pid}), which is waiting for its own callback`;
  return `${qboCommand === null ? (program ?? "another program") : `qbo ${qboCommand}`} (pid ${pid})`;
}

function adviseOn({ holder, port, platform }: Attempt): string {
  if (holder === undefined)
    return `\`${nameHolderCommand(port, platform)}\` shows who holds it; end that program and try again.`;
  const how = platform === "win32" ? `taskkill /PID ${holder.pid}` : `kill ${holder.pid}`;
  return holder.qboCommand === "login"
    ? `Finish that sign-in, or end it (Ctrl-C in its terminal, or \`${how}\`), and try again.`
    : `End that program (\`${how}\`) and try again.`;
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
