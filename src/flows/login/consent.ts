import { QboError } from "../../core/errors.ts";
import { formatDuration } from "../../core/duration.ts";
import type { RunningCallback } from "../../core/ports.ts";
import type { World } from "../../core/world.ts";
import type { AuthorizationResponse } from "../../oauth/authorization-response.ts";
import type { LoginPlan } from "./plan.ts";

type Granted = Extract<AuthorizationResponse, { kind: "granted" }>;
type Doors = Pick<World, "browser" | "clock" | "notices" | "interruption" | "prompter" | "env">;

/** How long silence is normal before a redirect mismatch becomes the likely reason, in milliseconds. */
const usualPatience = 30_000;

export interface ConsentRequest {
  plan: LoginPlan;
  authorizationUrl: string;
  callback: RunningCallback<AuthorizationResponse>;
  openBrowser: boolean;
}

/**
 * Sends the person to Intuit's consent page and waits for the answer.
 * @throws AUTHORIZATION_DENIED, INTUIT_REJECTED, LOGIN_TIMED_OUT, CANCELLED.
 */
export async function awaitConsent(world: Doors, request: ConsentRequest): Promise<Granted> {
  await showAddress(world, request);
  const response = await waitForResponse(world, request);
  if (response.kind === "granted") return response;
  throw explainDenial(response, request.plan);
}

async function showAddress(world: Doors, { authorizationUrl, openBrowser }: ConsentRequest): Promise<void> {
  const isToldTo = Boolean(world.env["QBO_BROWSER"] ?? world.env["BROWSER"]);
  const mayOpen = openBrowser && (world.prompter.canAsk || isToldTo);
  const invitation = mayOpen
    ? "Your browser opens. If it does not, open this address:"
    : "Open this address in a browser:";
  world.notices.warn(`${invitation}\n\n  ${authorizationUrl}\n`);
  const outcome = mayOpen ? await (await world.browser()).open(authorizationUrl) : undefined;
  if (outcome?.opened === false) world.notices.warn(`No browser could be opened here: ${outcome.reason}`);
}

async function waitForResponse(world: Doors, { plan, callback }: ConsentRequest): Promise<AuthorizationResponse> {
  const settled = new AbortController();
  const until = AbortSignal.any([settled.signal, world.interruption]);
  const stop = world.notices.begin("Waiting for consent in the browser…");
  const limit = plan.timeout * 1000;
  try {
    const silence = world.clock.sleep(Math.min(usualPatience, limit), until).then(() => {
      if (!until.aborted && limit > usualPatience) world.notices.inform(describeSilence(plan));
      return world.clock.sleep(limit - Math.min(usualPatience, limit), until);
    });
    const response = await Promise.race([callback.response, silence.then(() => undefined)]);
    if (response) return response;
    if (world.interruption.aborted)
      throw new QboError("CANCELLED", "The sign-in was interrupted. Nothing was changed.");
    throw new QboError(
      "LOGIN_TIMED_OUT",
      `No answer came back from the browser within ${formatDuration(plan.timeout)}.`,
      {
        hint: describeSilence(plan),
      },
    );
  } finally {
    settled.abort();
    stop();
  }
}

function describeSilence({ app, environment }: LoginPlan): string {
  return (
    `If the page in the browser spoke of an error or a redirect_uri: Intuit sends nothing back then. ` +
    `Register exactly ${app.redirectUri.text} for the ${environment.name === "production" ? "production" : "development"} keys of ${app.clientId}.`
  );
}

function explainDenial(
  { error, description }: Extract<AuthorizationResponse, { kind: "denied" }>,
  plan: LoginPlan,
): QboError {
  const details = { intuitError: error, ...(description === null ? {} : { intuitErrorDescription: description }) };
  if (error === "access_denied") {
    return new QboError("AUTHORIZATION_DENIED", "Consent was not given: the request was declined in the browser.", {
      hint: `To try again: qbo login --env ${plan.environment.name}`,
      details,
    });
  }
  if (error === "invalid_scope") {
    return new QboError(
      "INTUIT_REJECTED",
      `Intuit does not let this app ask for these scopes: ${plan.scopes.join(" ")}.`,
      {
        hint: 'Ask only for scopes that the app is approved for: --scopes "com.intuit.quickbooks.accounting openid"',
        details,
      },
    );
  }
  return new QboError("AUTHORIZATION_FAILED", `Intuit ended the sign-in: ${description ?? error}.`, {
    hint: `To try again: qbo login --env ${plan.environment.name}`,
    details,
  });
}
