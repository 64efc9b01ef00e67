import { QboError } from "../core/errors.ts";
import { AnswerLost, NotSent } from "../core/failures.ts";
import type { World } from "../core/world.ts";

type Doors = Pick<World, "machine" | "http" | "certificates">;

/** How long whoever holds the port may take to answer, in milliseconds. */
const patienceMs = 1500;

/**
 * Why an emulator cannot have the port, after the system was asked who holds it, and the holder whether it is an emulator. Undefined when
 * nobody can be named.
 */
export async function explainTakenPort(world: Doors, port: number, cause: unknown): Promise<QboError | undefined> {
  const holder = await (await world.machine()).findPortHolder(port);
  const refuse = (message: string, hint: string) => new QboError("EMULATOR_UNUSABLE", message, { hint, cause });
  if (holder?.qboCommand === "emulator" || (await answersAsEmulator(world, port))) {
    const who = holder ? ` (pid ${holder.pid})` : "";
    return refuse(
      `An emulator already runs on port ${port}${who}.`,
      "Use that one: qbo login --env emulator. Or start another beside it: qbo emulator --port 0",
    );
  }
  if (!holder) return undefined;
  const name = holder.qboCommand === null ? (holder.program ?? "another program") : `qbo ${holder.qboCommand}`;
  return refuse(
    `Port ${port} is in use by ${name} (pid ${holder.pid}).`,
    "End that program, or choose another port: qbo emulator --port 0",
  );
}

async function answersAsEmulator(world: Doors, port: number): Promise<boolean> {
  const http = await world.http();
  const pin = await (await world.certificates()).readEmulatorCertificate();
  const secure = pin === undefined ? [] : [{ url: `https://localhost:${port}/`, pinnedCertificate: pin }];
  const signal = AbortSignal.timeout(patienceMs);
  for (const way of [...secure, { url: `http://localhost:${port}/` }]) {
    try {
      const { headers } = await http.send({ method: "GET", headers: {}, signal, ...way });
      if (headers["x-qbo-emulator"] !== undefined) return true;
    } catch (error) {
      // Whatever does not answer does not say that it is an emulator.
      if (!(error instanceof NotSent || error instanceof AnswerLost || error instanceof QboError)) throw error;
    }
  }
  return false;
}
