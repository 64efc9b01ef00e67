import type { ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";

export interface RevocationOrder {
  all: boolean;
  yes: boolean;
  forget: boolean;
  localOnly: boolean;
}

/** Warns of what a revocation does to others and asks whether it is meant; of many, for their number. Throws CANCELLED, INPUT_REQUIRED. */
export async function confirmRevocation(
  world: World,
  targets: readonly ConnectionFacts[],
  { all, yes, forget, localOnly }: RevocationOrder,
): Promise<void> {
  const [first] = targets;
  if (!first) return;
  if (!yes && !world.prompter.canAsk) throw explainUnasked();
  if (!localOnly) {
    const whose = all
      ? "the apps of these connections with the same companies"
      : `the app ${first.app} with this company`;
    world.notices.warn(`Other programs that use ${whose} may lose access, too.`);
  }
  if (yes) return;
  const what = forget ? "Revoke and forget" : "Revoke";
  const cancelled = new QboError("CANCELLED", "Nothing was revoked.");
  if (all) {
    const answer = await world.prompter.askText(`${what} ${targets.length} connections. Type their number to go on`);
    if (answer.trim() !== String(targets.length)) throw cancelled;
    return;
  }
  const who = `${first.name} (${first.companyName ?? first.realmId}, ${first.environment})`;
  if (!(await world.prompter.confirm(`${what} ${who}?`))) throw cancelled;
}

/** Nobody is there to say yes. */
export function explainUnasked(): QboError {
  return new QboError("INPUT_REQUIRED", "Revoking cannot be undone, and nobody can be asked whether it is meant.", {
    hint: "Add --yes",
  });
}
