import { fail, pass, skip, warn, type CheckResult } from "../check-result.ts";
import { callCompany, type Call } from "../company-call.ts";
import type { Check } from "../examination.ts";

/** Whether the API serves the company with the stored access token, as long as that is valid. Nothing is refreshed. */
export const apiAccess: Check = {
  id: "api-access",
  title: "API access",
  purpose: "The Accounting API serves the company with the stored access token. Nothing is refreshed for it.",
  needsNetwork: true,
  async run(examination) {
    const made = await callCompany(examination);
    if (made.kind === "not-made") return skip(made.reason);
    if (made.kind === "accepted") return pass("The Accounting API serves the company.");
    return explain(made, examination.facts?.name ?? "", examination.isRejected);
  },
};

function explain(
  { status, fault }: Extract<Call, { kind: "refused" }>,
  name: string,
  isRejected: boolean,
): CheckResult {
  const detail = `The API answered ${status}${fault?.code ? ` with the code ${fault.code}` : ""}${fault?.message ? `: ${fault.message}` : ""}.`;
  const signIn = `Sign in again: qbo login ${name}`;
  if (fault?.code === "120")
    return fail(detail, `Let an administrator sign in: qbo login ${name}`, {
      cause: "not-admin-anymore",
      confidence: "certain",
    });
  if (fault?.code === "6190")
    return fail(detail, "Renew the company's subscription.", { cause: "subscription-lapsed", confidence: "certain" });
  if (fault?.code === "7001")
    return fail(detail, "Renew the company's subscription.", { cause: "subscription-lapsed", confidence: "likely" });
  if (fault?.code === "3100") return fail(detail, "See the check of the environment.");
  if (status === 429 || fault?.code === "3001") return warn(detail, "Try again in 60 s.");
  if (status >= 500) return fail(detail, "Try again in 15 minutes.", { cause: "service-outage", confidence: "likely" });
  if (status !== 401) return fail(detail, `See the request: qbo companyinfo ${name} --debug`);
  const refused = `${detail} The access token had not expired.`;
  if (isRejected) return fail(refused, signIn);
  return fail(refused, signIn, { cause: "revoked-or-rotated-elsewhere", confidence: "likely" });
}
