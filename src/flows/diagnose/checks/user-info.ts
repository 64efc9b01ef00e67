import { readUserInfo } from "../../../intuit/user-info.ts";
import { readJsonObject } from "../../../oauth/intuit-answer.ts";
import { fail, pass, skip, warn } from "../check-result.ts";
import { call } from "../company-call.ts";
import type { Check } from "../examination.ts";

/** Whether Intuit tells who consented. */
export const userInfo: Check = {
  id: "user-info",
  title: "User info",
  purpose: "Intuit tells who consented, and it is the person of the ID token.",
  needsNetwork: true,
  async run(examination) {
    const { facts } = examination;
    if (!facts) return skip("There is no connection.");
    if (!facts.scopes.includes("openid")) return skip("The connection was not given the scope openid.");
    const made = await call(examination, facts.endpoints.userInfo);
    if (made.kind === "not-made") return skip(made.reason);
    if (made.kind === "refused" && (made.status === 429 || made.status >= 500))
      return warn(`User info answered ${made.status}.`, "Try again in a few minutes.");
    if (made.kind === "refused")
      return fail(`User info answered ${made.status}.`, `Sign in again: qbo login ${facts.name}`);
    const body = readJsonObject(made.answer.body);
    const person = body && readUserInfo(body);
    if (!person) return warn("The answer is no user info.", null);
    const isOther = facts.idToken?.verified === true && facts.idToken.subject !== person.sub;
    if (isOther) return warn("It is about another person than the ID token of the sign-in.", null);
    return pass("Intuit tells who consented.");
  },
};
