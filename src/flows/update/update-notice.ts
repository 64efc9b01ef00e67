import { day, type Instant } from "../../core/instant.ts";
import type { UpdateLook } from "../../core/updates.ts";
import type { World } from "../../core/world.ts";

const shape = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})$/;

/**
 * Once a day lets a process of its own look for a newer version, and tells what the look before it found. So nothing is waited for, and
 * nobody is told more than once a day. Throws FILES_UNAVAILABLE.
 */
export async function noticeUpdate(world: Pick<World, "clock" | "notices" | "platform" | "updates">): Promise<void> {
  const updates = await world.updates();
  const look = updates.readLook();
  if (!isLookDue(look, world.clock.now())) return;
  updates.lookInBackground();
  const { version } = world.platform;
  const newest = look?.newest;
  if (!newest || !isNewer(newest, version)) return;
  world.notices.inform(
    `qbo ${newest} is there; this is ${version}. To update: npm install -g qbo-cli. To hear nothing of it: QBO_NO_UPDATE_NOTICE=1`,
  );
}

/** A look in the future was made by a clock that was wrong. */
export function isLookDue(look: UpdateLook | undefined, now: Instant): boolean {
  return look === undefined || look.at > now || now - look.at >= day;
}

/** Three numbers and nothing else: what comes from outside is shown and compared only as that. */
export function isVersion(text: string): boolean {
  return shape.test(text);
}

/** Whether a released version comes after the running one, which may be one before its release (`1.2.0-beta.1`). */
export function isNewer(newest: string, running: string): boolean {
  const [base = "", suffix] = running.split(/-(.*)/s);
  const [theirs, ours] = [shape.exec(newest), shape.exec(base)];
  if (!theirs || !ours) return false;
  const differences = [1, 2, 3].map((part) => Number(theirs[part]) - Number(ours[part]));
  const first = differences.find((difference) => difference !== 0);
  return first === undefined ? suffix !== undefined : first > 0;
}
