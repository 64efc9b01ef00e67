import type { RunningCallback } from "../../core/callback-server.ts";
import type { AuthorizationResponse } from "../../oauth/authorization-response.ts";
import type { LoginPlan } from "./plan.ts";

/** What a sign-in needs to ask for consent and to know the answer. */
export interface ConsentRequest {
  plan: LoginPlan;
  state: string;
  authorizationUrl: string;
  /** `undefined` when the answer can only be pasted. */
  callback: RunningCallback<AuthorizationResponse> | undefined;
  openBrowser: boolean;
}
