import type { ConnectionFacts } from "../../core/connection.ts";
import { QboError } from "../../core/errors.ts";
import type { HttpAnswer } from "../../core/http.ts";
import { describeFault, type Fault, formatFault, readFault } from "../../intuit/faults.ts";
import { describeBusy } from "../refresh/refresh-failure.ts";

/** Seconds to wait for a throttled answer; Intuit counts by the minute (Intuit, "Throttling"). */
export function readThrottleWait(answer: HttpAnswer): number | undefined {
  if (answer.status !== 429) return undefined;
  const given = Number(answer.headers["retry-after"]);
  return Number.isInteger(given) && given >= 0 ? Math.max(1, given) : 60;
}

/**
 * The answer, when it is one of success.
 * @throws INTUIT_REJECTED, INTUIT_BUSY.
 */
export function assertGood(answer: HttpAnswer, facts: ConnectionFacts | undefined): HttpAnswer {
  const fault = readFault(answer);
  if (answer.status >= 200 && answer.status < 300 && !fault) return answer;
  const name = facts?.name ?? "the given token";
  const details = { ...describeFault(answer, fault), ...(facts ? { connection: facts.name } : {}) };
  if (answer.status === 429 || fault?.code === "3001")
    throw describeBusy({ ...details, httpStatus: 429, retryAfter: readThrottleWait(answer) ?? 60 });
  if (answer.status >= 500) throw describeBusy(details);
  throw new QboError(
    "INTUIT_REJECTED",
    `Intuit refused the request for ${name}: ${explainFault(fault, answer.status)}.`,
    { hint: suggestFix(fault?.code, answer.status, facts), details },
  );
}

function explainFault(fault: Fault | undefined, status: number): string {
  const known: Record<string, string> = {
    "120": "the person who consented is no longer an administrator of the company",
    "3100": "the keys or the environment do not fit the company",
    "3200": "it does not accept the access token",
    "6190": "the company's subscription has ended",
    "7001": "the company's subscription has lapsed, or the environment does not fit the company",
  };
  const said = fault && formatFault(fault).replace(/[.\s]+$/, "");
  return (fault && known[fault.code]) ?? (said ? said : `status ${status}`);
}

/** Faults that are about the company or its subscription, whatever the request is. */
const companyFaults = new Set(["120", "3100", "6190", "7001"]);

/** A token is renewed by signing in; a request that Intuit understood and refused is not. */
function suggestFix(code: string | undefined, status: number, facts: ConnectionFacts | undefined): string {
  const isAboutToken = status === 401 || status === 403 || code === "3200";
  if (!isAboutToken && !companyFaults.has(code ?? ""))
    return status === 404
      ? "Check the path: qbo api --help shows how one is put together."
      : "Correct the request; --debug shows it, and Intuit's whole answer.";
  if (!facts) return "Give a current access token of the right environment.";
  const { name, environment, realmId } = facts;
  switch (code ?? "") {
    case "120":
      return `Let an administrator of the company sign in: qbo login ${name}`;
    case "3100":
    case "7001":
      return `Check that ${realmId} is a company of the environment ${environment}: qbo status ${name}`;
    case "6190":
      return "Renew the QuickBooks subscription of the company, then try again.";
    default:
      return `Sign in again: qbo login ${name}`;
  }
}
