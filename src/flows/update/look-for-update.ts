import type { HttpAnswer } from "../../core/http.ts";
import type { World } from "../../core/world.ts";
import { isLookDue, isVersion } from "./update-notice.ts";

/** The document about a version has a few kilobytes. */
const answerBytes = 256 * 1024;

/**
 * Asks for the newest version and keeps it, at most once a day. The look is noted before it is made, so that one that fails is not
 * repeated all day long. Throws `NotSent`, `AnswerLost`, FILES_UNAVAILABLE, and CANCELLED when `until` is aborted.
 */
export async function lookForUpdate(
  world: Pick<World, "clock" | "http" | "updates">,
  until: AbortSignal,
): Promise<void> {
  const updates = await world.updates();
  const at = world.clock.now();
  const before = updates.readLook();
  if (!isLookDue(before, at)) return;
  await updates.writeLook({ at, newest: before?.newest ?? null });
  const http = await world.http();
  const answer = await http.send({
    method: "GET",
    url: updates.address,
    headers: { accept: "application/json" },
    answerBytes,
    signal: until,
  });
  const newest = readVersion(answer);
  if (newest !== undefined) await updates.writeLook({ at, newest });
}

function readVersion({ status, body }: HttpAnswer): string | undefined {
  if (status !== 200) return undefined;
  const value = parse(body);
  if (typeof value !== "object" || value === null || !("version" in value)) return undefined;
  return typeof value.version === "string" && isVersion(value.version) ? value.version : undefined;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
