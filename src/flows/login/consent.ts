import { formatDuration } from "../../core/duration.ts";
import { QboError } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import type { AuthorizationResponse } from "../../oauth/authorization-response.ts";
import type { ConsentRequest } from "./consent-request.ts";
import { explainDenial } from "./denial.ts";
import { awaitPaste, invitePaste } from "./paste.ts";
import type { LoginPlan } from "./plan.ts";
import { describeRegistration, nameServer } from "./server-name.ts";
import { showAddress } from "./show-address.ts";
import type { Granted } from "./sign-in.ts";

type Doors = Pick<
  World,
  "browser" | "clock" | "notices" | "interruption" | "prompter" | "env" | "platform" | "surroundings"
>;

/** How long silence is normal before a redirect mismatch becomes the likely reason, in milliseconds. */
const usualPatience = 30_000;

/**
 * Sends the person to the consent page and waits for the answer. The first one wins, whichever way it comes.
 * @throws AUTHORIZATION_DENIED, INTUIT_REJECTED, LOGIN_TIMED_OUT, CANCELLED.
 */
export async function awaitConsent(world: Doors, request: ConsentRequest): Promise<Granted> {
  await showAddress(world, request);
  if (world.prompter.canAsk) invitePaste(world, request);
  const response = await waitForResponse(world, request);
  if (response.kind === "granted") return response;
  throw explainDenial(response, request.plan);
}

async function waitForResponse(world: Doors, request: ConsentRequest): Promise<AuthorizationResponse> {
  const { plan, callback } = request;
  const settled = new AbortController();
  const until = AbortSignal.any([settled.signal, world.interruption]);
  const stop = world.notices.begin("Waiting for consent in the browser…");
  const pasted = world.prompter.canAsk ? awaitPaste(world, request, until) : undefined;
  try {
    const answers = [callback?.response, pasted && dropAbsence(pasted)].filter((answer) => answer !== undefined);
    const response = await Promise.race([...answers, sitOut(world, request, until)]);
    if (response) return response;
    if (world.interruption.aborted)
      throw new QboError("CANCELLED", "The sign-in was interrupted. Nothing was changed.");
    throw new QboError(
      "LOGIN_TIMED_OUT",
      `No answer came back from the browser within ${formatDuration(plan.timeout)}.`,
      { hint: describeSilence(plan) },
    );
  } finally {
    settled.abort();
    // The terminal must be as it was before anything else is written or asked.
    await pasted?.catch(() => undefined);
    stop();
  }
}

/** Nothing pasted is no answer: it must not end the wait for one. */
async function dropAbsence(pasted: Promise<Granted | undefined>): Promise<Granted> {
  return (await pasted) ?? new Promise<never>(() => {});
}

async function sitOut(world: Doors, { plan, callback }: ConsentRequest, until: AbortSignal): Promise<undefined> {
  const limit = plan.timeout * 1000;
  const patience = Math.min(usualPatience, limit);
  await world.clock.sleep(patience, until);
  if (!until.aborted && limit > usualPatience && callback) world.notices.inform(describeSilence(plan));
  await world.clock.sleep(limit - patience, until);
  return undefined;
}

function describeSilence({ app, environment }: LoginPlan): string {
  return (
    `If the page in the browser spoke of an error or a redirect_uri: ${nameServer(environment.name)} sends nothing back then. ` +
    describeRegistration(environment.name, app.redirectUri.text, app.clientId)
  );
}
