import { parseDirectly } from "./cli/direct.ts";
import { tellUpdate } from "./cli/tell-update.ts";
import { statusCommand } from "./commands/status.ts";
import { openRareDoors } from "./process/rare-doors.ts";
import { shutRareDoors } from "./process/shut-doors.ts";
import { start } from "./process/start.ts";

/** Runs `qbo status …`, and answers whether it did, as `runToken` does for `qbo token`. */
export function runStatus(): boolean {
  const invocation = parseDirectly(process.argv.slice(2), [statusCommand]);
  if (!invocation) return false;
  void start({
    parse: () => Promise.resolve(invocation),
    afterAnswer: tellUpdate,
    openRareDoors: (setting) => ({ ...shutRareDoors("qbo status"), ...openRareDoors(setting) }),
  });
  return true;
}
