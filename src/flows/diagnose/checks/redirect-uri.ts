import { asQboError } from "../../../core/errors.ts";
import { makePrintable } from "../../../core/printable.ts";
import { explainRefusal, readRedirectUri } from "../../../oauth/redirect-uri.ts";
import { loginCommand } from "../../causes/cause.ts";
import { findLastGoodRedirect, traceLastSignIn } from "../../causes/sign-in-trace.ts";
import { fail, pass, skip, warn, type CheckResult } from "../check-result.ts";
import type { Check, Examination } from "../examination.ts";

/** Whether Intuit can redirect to the configured address, and whether it did when it was last asked to. */
export const redirectUri: Check = {
  id: "redirect-uri",
  title: "Redirect URI",
  purpose:
    "Intuit accepts the redirect URI for these keys, it has not changed since it last worked, and the last sign-in came back.",
  needsNetwork: false,
  async run(examination) {
    const { app, environment, facts } = examination;
    if (!app || !environment) return skip("No environment was chosen.");
    const problem = explainText(app.redirectUri, environment.name) ?? explainRules(examination, app.redirectUri);
    const result = problem ?? explainLastSignIn(examination, app.redirectUri);
    // A connection that is there does not need it before the next sign-in.
    return facts && result.status === "fail" ? { ...result, status: "warn" } : result;
  },
};

function explainText(text: string, environment: string): CheckResult | undefined {
  const shown = makePrintable(text, 200);
  const fix = `Register and configure one like https://localhost:8722/callback: qbo app set --env ${environment} --redirect-uri <uri>`;
  if (/[?#]/.test(text)) {
    const reason = /[?&#]code=/.test(text)
      ? "uses the parameter name code, which Intuit's answer needs"
      : "carries a query or a fragment";
    return fail(`The redirect URI ${shown} ${reason}.`, fix, {
      cause: "redirect-uri-has-query",
      confidence: "certain",
    });
  }
  try {
    readRedirectUri(text);
    return undefined;
  } catch (error) {
    const known = asQboError(error);
    if (!known) throw error;
    return fail(known.message, fix, { cause: "redirect-uri-mismatch", confidence: "certain" });
  }
}

function explainRules({ environment }: Examination, text: string): CheckResult | undefined {
  const refusal = environment && explainRefusal(readRedirectUri(text), environment.redirectRules);
  if (refusal === undefined) return undefined;
  return fail(
    `${refusal}, and it is ${text}.`,
    "Register a public https address and sign in with it: qbo login --redirect-uri <uri> --listen http://127.0.0.1:8722",
    { cause: "redirect-uri-mismatch", confidence: "certain" },
  );
}

function explainLastSignIn({ events, facts, subject }: Examination, text: string): CheckResult {
  const trace = traceLastSignIn(events, facts?.id ?? null);
  const good = subject.clientId === null ? undefined : findLastGoodRedirect(events, subject.clientId);
  const change = good !== undefined && good !== text ? `; the one that last worked is ${makePrintable(good, 200)}` : "";
  const fix = `Register exactly ${text} for the keys ${subject.clientId ?? ""} of ${subject.environment ?? "the environment"}.`;
  if (trace?.end === "unanswered" || (trace?.end === "code-rejected" && change !== "")) {
    const what = trace.end === "unanswered" ? "timed out without any callback" : "brought a code that Intuit rejected";
    const detail = `The last sign-in, with ${makePrintable(trace.redirectUri ?? text, 200)}, ${what}${change}.`;
    const steps = { fix: [fix, loginCommand(subject)] };
    return fail(detail, fix, { cause: "redirect-uri-mismatch", confidence: "likely", ...steps });
  }
  if (change !== "") {
    const detail = `The redirect URI is ${text}${change}.`;
    return warn(detail, fix, [{ cause: "redirect-uri-mismatch", confidence: "possible", evidence: detail }]);
  }
  return pass(good === text ? `${text}, as it last worked.` : text);
}
