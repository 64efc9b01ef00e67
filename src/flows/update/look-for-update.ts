import type { HttpAnswer } from "../../core/http.ts";
import { readObject } from "../../core/record-fields.ts";
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
  return readObject(body, (fields) => fields.textThat("version", isVersion, "a version"));
}
