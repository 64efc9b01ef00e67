import { fail, pass, skip, warn } from "../check-result.ts";
import type { Check, Examination } from "../examination.ts";

/** Whether everything that is asked for was consented to. */
export const scopes: Check = {
  id: "scopes",
  title: "Scopes",
  purpose: "Every scope that the configuration asks for was consented to.",
  needsNetwork: false,
  async run(examination) {
    const { facts, app } = examination;
    if (!facts) return skip("There is no connection.");
    const missing = (app?.scopes ?? []).filter((scope) => !facts.scopes.includes(scope));
    if (missing.length === 0) return pass(facts.scopes.join(" "));
    const detail = `Not consented to: ${missing.join(" ")}.`;
    const command = `qbo login ${facts.name}${missing.map((scope) => ` --add-scope ${scope}`).join("")}`;
    const fix = `Sign in again with more: ${command}`;
    // Those that nobody configured are missing only to whoever needs them.
    if (!isConfigured(examination))
      return warn(detail, fix, [{ cause: "scope-missing", fix: [command], confidence: "possible", evidence: detail }]);
    return fail(detail, fix, { cause: "scope-missing", fix: [command], confidence: "certain" });
  },
};

function isConfigured({ settings, app }: Examination): boolean {
  return settings.scopes !== undefined || app?.own?.scopes !== undefined;
}
