import { formatInstant } from "../../core/instant.ts";
import type { World } from "../../core/world.ts";
import { recordEvent } from "../book-keeping.ts";
import { pendingLife } from "./finish-login.ts";
import { finishCommand } from "./finish-command.ts";
import { sealPlan } from "./pending-record.ts";
import { type LoginOptions, planLogin } from "./plan.ts";
import { buildConsentUrl, drawState, prepareSignIn } from "./sign-in.ts";

/** What a person, anywhere, needs to consent, and what finishes the sign-in afterwards. */
export interface StartedLogin {
  authorizationUrl: string;
  redirectUri: string;
  state: string;
  expiresAt: string;
  /** The command that reads the redirected address from stdin. */
  finish: string;
}

/** The first of two steps: no browser, no port, nobody to wait for. What the second one must know is kept, sealed under the state. */
export async function startLogin(world: World, options: LoginOptions): Promise<StartedLogin> {
  const plan = await planLogin(world, { ...options, way: "start" });
  await prepareSignIn(world, plan);
  const state = drawState(world);
  const startedAt = world.clock.now();
  const expiresAt = startedAt + pendingLife;
  const pending = await world.pendingSignIns();
  await pending.sweep(startedAt);
  await pending.add(state, { expiresAt, sealed: sealPlan({ plan, startedAt }, state) });
  const { text } = plan.app.redirectUri;
  await recordEvent(world, plan.existing?.id ?? null, { event: "login-started", outcome: "waiting", detail: text });
  return {
    authorizationUrl: buildConsentUrl(plan, state),
    redirectUri: text,
    state,
    expiresAt: formatInstant(expiresAt),
    finish: finishCommand,
  };
}
