import { hasCode, QboError } from "../../../core/errors.ts";
import { readStoreName } from "../../../core/store-name.ts";
import { explainAbsence } from "../../refresh/load-tokens.ts";
import { fail, pass, warn, type CheckResult } from "../check-result.ts";
import type { Check, Examination } from "../examination.ts";

/** Whether the store can be read and written. The probe keeps a value of its own for a moment. */
export const storeAccess: Check = {
  id: "store-access",
  title: "Store",
  purpose: "The connection's tokens can be read, and a value can be written, read and removed.",
  needsNetwork: false,
  async run(examination) {
    const { world, facts, settings, trouble, damaged } = examination;
    if (trouble) return explain(trouble);
    const name = facts?.store ?? settings.store.value;
    try {
      await assertKnown(examination);
      const store = await world.openStore(name);
      await assertPresent(examination);
      await examination.once(`probe ${name}`, () => store.probe({ mayAsk: false }));
      const sentence = `The ${name} store can be read and written.`;
      const [first] = damaged;
      return first ? warn(`${sentence} ${first.error.message}`, first.error.hint) : pass(sentence);
    } catch (error) {
      if (error instanceof QboError && error.code !== "CANCELLED") return explain(error);
      throw error;
    }
  },
};

/** The store that the next sign-in would use must be one, also where this connection has another. */
async function assertKnown({ world, settings: { store } }: Examination): Promise<void> {
  if (readStoreName(store.value)) return;
  try {
    await world.openStore(store.value);
  } catch (error) {
    if (!hasCode(error, "CONFIG_INVALID")) throw error;
    const hint = error.hint === null ? {} : { hint: error.hint };
    throw new QboError(error.code, `${error.message} It is set by ${store.source}.`, { ...hint, cause: error });
  }
}

async function assertPresent({ facts, loadTokens }: Examination): Promise<void> {
  if (!facts || facts.disconnectedAt !== null) return;
  if (!(await loadTokens())) throw explainAbsence(facts);
}

function explain({ message, hint, exitCode }: QboError): CheckResult {
  const fix = hint === null ? {} : { fix: [hint] };
  if (exitCode === 7) return fail(message, hint, { cause: "store-unavailable", confidence: "certain", ...fix });
  return { ...fail(message, hint), exitCode };
}
