import { QboError } from "../../../core/errors.ts";
import { explainAbsence } from "../../load-tokens.ts";
import type { Check, Examination } from "../examination.ts";
import { fail, pass, type CheckResult } from "../finding.ts";

/** Whether the store can be read and written. The probe keeps a value of its own for a moment. */
export const storeAccess: Check = {
  id: "store-access",
  title: "Store",
  purpose: "The connection's tokens can be read, and a value can be written, read and removed.",
  needsNetwork: false,
  async run(examination) {
    const { world, facts, settings, trouble } = examination;
    if (trouble) return explain(trouble);
    const name = facts?.store ?? settings.store.value;
    try {
      const store = await world.openStore(name);
      await assertPresent(examination);
      await examination.once(`probe ${name}`, () => store.probe({ mayAsk: false }));
      return pass(`The ${name} store can be read and written.`);
    } catch (error) {
      if (error instanceof QboError && error.code !== "CANCELLED") return explain(error);
      throw error;
    }
  },
};

async function assertPresent({ facts, loadTokens }: Examination): Promise<void> {
  if (!facts || facts.disconnectedAt !== null) return;
  if (!(await loadTokens())) throw explainAbsence(facts);
}

function explain({ message, hint, exitCode }: QboError): CheckResult {
  const fix = hint === null ? {} : { fix: [hint] };
  if (exitCode === 7) return fail(message, hint, { cause: "store-unavailable", confidence: "certain", ...fix });
  return { ...fail(message, hint), exitCode };
}
