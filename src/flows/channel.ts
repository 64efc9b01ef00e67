import { QboError } from "../core/errors.ts";
import { AnswerLost, NotSent } from "../core/failures.ts";
import type { HttpAnswer, HttpRequest } from "../core/http.ts";
import type { World } from "../core/world.ts";

/** The way to the servers of one environment. */
export interface Channel {
  /** For requests that change a token's life. Throws `NotSent` or `AnswerLost`, so that the caller can tell them apart. */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** For requests that change nothing: throws INTUIT_UNREACHABLE, and CANCELLED on an interruption. */
  ask(request: HttpRequest): Promise<HttpAnswer>;
  /** The failure of a `send` as an error for the user. */
  describe(error: NotSent | AnswerLost): QboError;
}

type Doors = Pick<World, "http" | "certificates" | "interruption">;

/** Opens the way to an environment. The emulator's certificate is pinned; all others are judged by the system's authorities. */
export async function openChannel(world: Doors, environment: string): Promise<Channel> {
  const http = await world.http();
  const isEmulator = environment === "emulator";
  const pin = isEmulator ? await (await world.certificates()).readEmulatorCertificate() : undefined;
  const send = (request: HttpRequest) =>
    http.send(pin === undefined ? request : { ...request, pinnedCertificate: pin });
  const describe = (error: NotSent | AnswerLost) =>
    new QboError("INTUIT_UNREACHABLE", error.message, {
      hint: isEmulator
        ? "If no emulator is running, start one in another terminal: qbo emulator. If one is, let both use the same QBO_STATE_DIR, and QBO_EMULATOR_URL say http or https as it does."
        : adviseOn(error),
      cause: error,
    });
  return {
    send,
    describe,
    async ask(request) {
      try {
        return await send({ ...request, signal: world.interruption });
      } catch (error) {
        throw error instanceof NotSent || error instanceof AnswerLost ? describe(error) : error;
      }
    },
  };
}

function adviseOn(error: NotSent | AnswerLost): string {
  const part = error instanceof NotSent ? error.part : undefined;
  if (part === "proxy")
    return "Check the proxy in HTTPS_PROXY: http or https, name and port, user name and password, and whether it allows this host.";
  if (part === "tls")
    return "If your network inspects TLS, set NODE_EXTRA_CA_CERTS to the file of its authority. qbo doctor tells which hosts are concerned.";
  return "Check the network and any proxy, then try again.";
}
