import type { PasteProblem } from "../../oauth/pasted-address.ts";
import type { LoginPlan } from "./plan.ts";

/** What is wrong with a pasted address, in one or two sentences. None of them quotes it: a code is a secret until it is used. */
export function explainWrongPaste(problem: PasteProblem, { app }: Pick<LoginPlan, "app">): string {
  return explanations[problem](app.redirectUri.text);
}

const explanations: Record<PasteProblem, (redirectUri: string) => string> = {
  "too-long": () => "That is far longer than the address can be. Copy nothing but the address bar.",
  "no-address": (redirectUri) => `That is no address. What is needed begins with ${redirectUri}?`,
  "consent-page": (redirectUri) =>
    `That is the address of the consent page, where the browser begins. What is needed is the one where it ends: ${redirectUri}?…`,
  "other-address": (redirectUri) =>
    `That address is of another page. The browser must have ended exactly on ${redirectUri}, with the answer behind it.`,
  "cut-off": () => "The end of that address is missing. It holds a code, a state and a realmId: copy all of it.",
  "other-state": () =>
    "That is the answer to another sign-in, perhaps an earlier one. Open the address of this one and copy anew.",
  "unusable-code": () => "That address holds no usable authorization code. Copy it again, unchanged.",
  "unusable-realm": () => "That address holds no usable company (realmId). Copy it again, unchanged.",
};
