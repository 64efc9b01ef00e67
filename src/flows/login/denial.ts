import { QboError } from "../../core/errors.ts";
import type { AuthorizationResponse } from "../../oauth/authorization-response.ts";
import { formatLoginCommand } from "./login-command.ts";
import type { LoginPlan } from "./plan.ts";
import { nameServerFirst } from "./server-name.ts";

/** The answer of a person, or a server, that did not consent. */
export type Denied = Extract<AuthorizationResponse, { kind: "denied" }>;

/** The error that ends a sign-in to which no consent was given: AUTHORIZATION_DENIED, INTUIT_REJECTED, AUTHORIZATION_FAILED. */
export function explainDenial({ error, description }: Denied, plan: LoginPlan): QboError {
  const server = nameServerFirst(plan.environment.name);
  const details = { intuitError: error, ...(description === null ? {} : { intuitErrorDescription: description }) };
  const again = `To try again: ${formatLoginCommand(plan)}`;
  if (error === "access_denied") {
    const message = "Consent was not given: the request was declined in the browser.";
    return new QboError("AUTHORIZATION_DENIED", message, { hint: again, details });
  }
  if (error === "invalid_scope") {
    const message = `${server} does not let this app ask for these scopes: ${plan.scopes.join(" ")}.`;
    return new QboError("INTUIT_REJECTED", message, {
      hint: 'Ask only for scopes that the app is approved for: --scopes "com.intuit.quickbooks.accounting openid"',
      details,
    });
  }
  const message = `${server} ended the sign-in: ${description ?? error}.`;
  return new QboError("AUTHORIZATION_FAILED", message, { hint: again, details });
}
