import type { ListenAddress } from "../../core/callback-server.ts";
import { makePrintable } from "../../core/printable.ts";
import { quoteForShell } from "../../core/shell-word.ts";
import { formatHost } from "../../oauth/authorization-response.ts";
import { deriveListenAddress, deriveOwnNameAddress } from "../../oauth/redirect-uri.ts";
import type { LoginPlan } from "./plan.ts";

/** The command that begins the same sign-in again, with what was said for it alone. */
export function formatLoginCommand(plan: LoginPlan): string {
  const { existing, environment, app, isRedirectGiven } = plan;
  const words = existing ? ["qbo login", existing.name] : ["qbo login --env", environment.name];
  if (isRedirectGiven) words.push("--redirect-uri", quoteWord(app.redirectUri.text));
  return [...words, ...describeListener(plan)].join(" ");
}

/** The certificate, and where to listen in so far as the redirect URI does not say it. */
function describeListener({ app, listen, tls }: LoginPlan): string[] {
  const own = tls ? ["--tls-cert", quoteWord(tls.certificateFile), "--tls-key", quoteWord(tls.keyFile)] : [];
  const derived = deriveListenAddress(app.redirectUri) ?? (tls && deriveOwnNameAddress(app.redirectUri));
  if (!listen || (derived && formatAddress(derived) === formatAddress(listen))) return own;
  return [...own, "--listen", formatAddress(listen)];
}

function formatAddress({ scheme, host, port }: ListenAddress): string {
  return `${scheme}://${formatHost(host)}:${port}`;
}

function quoteWord(text: string): string {
  return quoteForShell(makePrintable(text, 400));
}
