import { parseDirectly } from "./cli/direct.ts";
import { tokenCommand } from "./commands/token.ts";
import { shutRareDoors } from "./process/shut-doors.ts";
import { start } from "./process/start.ts";

/**
 * Runs `qbo token …`, and answers whether it did. This is the way that scripts take thousands of times a day: built into a file of its own, it
 * spares them reading the rest of the program. A command line that it does not understand is left to the whole program.
 */
export function runToken(): boolean {
  const invocation = parseDirectly(process.argv.slice(2), [tokenCommand]);
  if (!invocation) return false;
  void start({
    parse: () => Promise.resolve(invocation),
    openRareDoors: () => shutRareDoors("qbo token"),
  });
  return true;
}
