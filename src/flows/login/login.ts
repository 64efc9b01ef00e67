import type { RunningCallback } from "../../core/callback-server.ts";
import { asQboError, hasCode } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import type { AuthorizationResponse } from "../../oauth/authorization-response.ts";
import { recordEvent, settle } from "../book-keeping.ts";
import { openCallback } from "./callback.ts";
import { awaitConsent } from "./consent.ts";
import type { KeptConnection } from "./keep-connection.ts";
import { type LoginOptions, type LoginPlan, planLogin } from "./plan.ts";
import { acceptConsent, buildConsentUrl, drawState, prepareSignIn } from "./sign-in.ts";

/**
 * Signs a company in: consent in the browser, whose answer comes through a temporary local callback server, or is pasted by the person
 * at the terminal, whichever is first.
 */
export async function login(world: World, options: LoginOptions): Promise<KeptConnection> {
  const plan = await planLogin(world, options);
  const client = await prepareSignIn(world, plan);
  const state = drawState(world);
  const callback = plan.listen && (await openCallback(world, plan, { address: plan.listen, state }));
  try {
    await recordEvent(world, plan.existing?.id ?? null, { event: "login-started", detail: plan.app.redirectUri.text });
    const response = await awaitConsent(world, {
      plan,
      state,
      authorizationUrl: buildConsentUrl(plan, state),
      callback,
      openBrowser: options.openBrowser,
    });
    const kept = await acceptConsent(world, { plan, client, response });
    const { companyName, environment, name } = kept.facts;
    await callback?.finish({ kind: "connected", companyName, environment, connection: name });
    return kept;
  } catch (error) {
    await noteSilence(world, plan, error);
    if (callback) await showFailure(callback, error);
    throw error;
  } finally {
    await callback?.close();
  }
}

/** A sign-in to which nothing came back is what a wrong redirect URI looks like: the doctor reads it in the journal. */
async function noteSilence(world: World, plan: LoginPlan, error: unknown): Promise<void> {
  if (!hasCode(error, "LOGIN_TIMED_OUT")) return;
  const detail = plan.app.redirectUri.text;
  await settle(world, { name: "the sign-in" }, () =>
    recordEvent(world, plan.existing?.id ?? null, { event: "login-started", outcome: "timed-out", detail }),
  );
}

/** The person looks at the browser: it must tell the same as the terminal. Where nobody called back there is nobody to tell. */
async function showFailure(callback: RunningCallback<AuthorizationResponse>, error: unknown): Promise<void> {
  const known = asQboError(error);
  await callback.finish({
    kind: "failed",
    title: known?.code === "AUTHORIZATION_DENIED" ? "Not connected" : "The sign-in failed",
    message: known?.message ?? "Something unexpected happened. The terminal tells more.",
    hint: known?.hint ?? null,
  });
}
