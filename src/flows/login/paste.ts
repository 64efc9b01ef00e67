import type { World } from "../../core/world.ts";
import { type ExpectedPaste, judgePaste } from "../../oauth/pasted-address.ts";
import type { ConsentRequest } from "./consent-request.ts";
import { explainDenial } from "./denial.ts";
import { explainWrongPaste } from "./wrong-paste.ts";
import type { LoginPlan } from "./plan.ts";
import type { Granted } from "./sign-in.ts";

type Doors = Pick<World, "prompter" | "notices">;

/** What may be pasted into a sign-in. */
export function expectPaste({ app, listen, environment, existing }: LoginPlan, state: string): ExpectedPaste {
  const authorizationEndpoint = environment.endpoints.authorization;
  return { redirect: app.redirectUri, listen, state, authorizationEndpoint, realmId: existing?.realmId };
}

/** Tells the person at the terminal how to paste. */
export function invitePaste(world: Doors, { plan, callback }: ConsentRequest): void {
  if (callback) {
    world.notices.inform(
      "If the browser cannot come back here: copy the address where it ends, paste it here and press Enter. It is not shown.",
    );
    return;
  }
  world.notices.warn(
    `After consent the browser goes to ${plan.app.redirectUri.text}. Whether a page is there does not matter: copy the whole address out of ` +
      "the address bar, paste it here and press Enter. It is not shown.",
  );
}

/**
 * The second way in: the person pastes the address where the browser ended. A wrong paste is explained and loses nothing.
 * Answers `undefined` when nothing came until `until` was aborted.
 */
export async function awaitPaste(
  world: Doors,
  { plan, state }: ConsentRequest,
  until: AbortSignal,
): Promise<Granted | undefined> {
  for await (const entry of world.prompter.readEntries(until)) {
    const verdict = judgePaste(entry, expectPaste(plan, state));
    if (verdict.kind === "granted") return verdict;
    const problem =
      verdict.kind === "denied"
        ? `${explainDenial(verdict, plan).message} To try again, open the address above once more.`
        : `${explainWrongPaste(verdict.problem, plan)} Nothing is lost: paste again.`;
    world.notices.warn(problem);
  }
  return undefined;
}
