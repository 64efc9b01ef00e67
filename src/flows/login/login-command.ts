import { makePrintable } from "../../core/printable.ts";
import { quoteForShell } from "../../core/shell-word.ts";
import { formatHost } from "../../oauth/authorization-response.ts";
import { deriveListenAddress } from "../../oauth/redirect-uri.ts";
import type { LoginPlan } from "./plan.ts";

/** The command that begins the same sign-in again, with what was said for it alone. */
export function formatLoginCommand(plan: LoginPlan): string {
  const { existing, environment, app, isRedirectGiven } = plan;
  const words = existing ? ["qbo login", existing.name] : ["qbo login --env", environment.name];
  if (isRedirectGiven) words.push("--redirect-uri", quoteWord(app.redirectUri.text));
  return [...words, ...describeListener(plan)].join(" ");
}

/** Where to listen, in so far as the redirect URI does not say it. */
function describeListener({ app, listen, tls }: LoginPlan): string[] {
  if (!listen || deriveListenAddress(app.redirectUri)) return [];
  if (tls) return ["--tls-cert", quoteWord(tls.certificateFile), "--tls-key", quoteWord(tls.keyFile)];
  return ["--listen", `${listen.scheme}://${formatHost(listen.host)}:${listen.port}`];
}

function quoteWord(text: string): string {
  return quoteForShell(makePrintable(text, 400));
}

/** The command that takes the second step of a started sign-in. */
export const finishCommand = "qbo login --finish -";
