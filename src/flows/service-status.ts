import { QboError } from "../core/errors.ts";
import { isObject } from "../core/plain-object.ts";
import type { World } from "../core/world.ts";
import { statusAddress } from "../intuit/environments.ts";
import { readJsonObject } from "../oauth/intuit-answer.ts";
import { openChannel } from "./channel.ts";

/** What Intuit's status page says. `unknown` tells why it could not be learned. */
export type ServiceStatus = { kind: "operational" } | { kind: "incident" } | { kind: "unknown"; reason: string };

/** Asks the status page: Intuit's own, or the emulator's. */
export async function readServiceStatus(
  world: Pick<World, "http" | "certificates" | "interruption">,
  { environment, api }: { environment: string; api: string },
): Promise<ServiceStatus> {
  const url = environment === "emulator" ? `${api}/api/v2/status.json` : statusAddress;
  try {
    const channel = await openChannel(world, environment);
    const answer = await channel.ask({ method: "GET", url, headers: { accept: "application/json" } });
    const status = readJsonObject(answer.body)?.["status"];
    const indicator = isObject(status) ? status["indicator"] : undefined;
    if (typeof indicator !== "string") return { kind: "unknown", reason: "could not be read" };
    return { kind: indicator === "none" ? "operational" : "incident" };
  } catch (error) {
    if (!(error instanceof QboError) || error.code === "CANCELLED") throw error;
    return { kind: "unknown", reason: "could not be reached" };
  }
}
