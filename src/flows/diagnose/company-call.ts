import type { HttpAnswer } from "../../core/http.ts";
import { formatMoment, second } from "../../core/instant.ts";
import { buildCompanyInfoUrl } from "../../intuit/company-info.ts";
import { readFault, type Fault } from "../../intuit/faults.ts";
import type { Examination } from "./examination.ts";

/** What came of a call with the stored access token. */
export type Call =
  | { kind: "not-made"; reason: string }
  | { kind: "accepted"; answer: HttpAnswer }
  | { kind: "refused"; status: number; fault: Fault | undefined };

/** Time that an access token must live yet to be tried. */
const margin = 5 * second;

const accounting = "com.intuit.quickbooks.accounting";

/** Asks for the company with the stored access token, which is never refreshed for it. */
export async function callCompany(examination: Examination): Promise<Call> {
  const { facts } = examination;
  if (!facts) return { kind: "not-made", reason: "There is no connection." };
  if (!facts.scopes.some((scope) => scope.toLowerCase() === accounting))
    return { kind: "not-made", reason: `The connection was not given the scope ${accounting}.` };
  return call(examination, buildCompanyInfoUrl(facts.endpoints.api, facts.realmId));
}

/** Gets an address of the connection's own environment with the stored access token. */
export async function call(examination: Examination, url: string): Promise<Call> {
  const { facts, loadTokens, now, ask } = examination;
  const absent = { kind: "not-made", reason: "There is no access token." } as const;
  if (!facts || facts.disconnectedAt !== null || facts.isPending || examination.trouble) return absent;
  const token = (await loadTokens())?.accessToken;
  if (!token) return absent;
  if (token.expiresAt - now < margin) {
    const since = formatMoment(token.expiresAt);
    return {
      kind: "not-made",
      reason: `The stored access token expired at ${since}, and none is fetched for a check.`,
    };
  }
  const reply = await ask(url, true);
  if (reply.kind === "unreachable") return { kind: "not-made", reason: reply.reason };
  const fault = readFault(reply.answer);
  if (reply.answer.status === 200 && !fault) return { kind: "accepted", answer: reply.answer };
  return { kind: "refused", status: reply.answer.status, fault };
}

/** Whether the API says that the company is not one of this host or these keys. */
export function isMismatch(made: Call): boolean {
  return made.kind === "refused" && (made.fault?.code === "3100" || made.fault?.code === "7001");
}
