import { QboError } from "../core/errors.ts";
import { noticeUpdate } from "../flows/update/update-notice.ts";
import { isSet } from "./globals.ts";
import type { Done } from "./run.ts";
import { isCi } from "./terminal.ts";

/** Commands whose output or child belongs to somebody else, even at a terminal. */
const silent = new Set(["token", "exec", "completion"]);

/** Tells a person at a terminal, after the answer, that there is a newer version. Trouble with that is no trouble of the command. */
export async function tellUpdate(done: Done): Promise<void> {
  if (!mayTell(done)) return;
  try {
    await noticeUpdate(done.world);
  } catch (error) {
    if (!(error instanceof QboError)) throw error;
    if (done.globals.debug) done.world.notices.warn(error.message);
  }
}

function mayTell({ command, globals, host }: Done): boolean {
  const { env } = host;
  if (silent.has(command) || globals.json || globals.quiet) return false;
  if (isSet(env["QBO_NO_UPDATE_NOTICE"]) || isCi(env)) return false;
  return host.stdout.isTTY === true && host.stderr.isTTY === true;
}
