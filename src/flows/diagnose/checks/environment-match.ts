import type { ConnectionFacts } from "../../../core/connection.ts";
import { hasCode } from "../../../core/errors.ts";
import { buildCompanyInfoUrl } from "../../../intuit/company-info.ts";
import { intuitEnvironments } from "../../../intuit/environments.ts";
import { resolveEnvironment } from "../../environments/resolve-environment.ts";
import { assertSameOrigins } from "../../environments/same-origins.ts";
import { findEnvironmentConfig } from "../../settings.ts";
import { fail, pass, skip, warn, type CheckResult } from "../check-result.ts";
import { call, callCompany, isMismatch } from "../company-call.ts";
import type { Check, Examination } from "../examination.ts";

/** Whether keys, environment and company belong together. The other host is asked only between Intuit's own two. */
export const environmentMatch: Check = {
  id: "environment-match",
  title: "Environment",
  purpose: "The environment still has the addresses of the sign-in, and the company lives in it.",
  needsNetwork: false,
  async run(examination) {
    const { facts, known, isOffline } = examination;
    if (!facts) return skip("There is no connection.");
    const moved = explainMove(examination, facts) ?? (await explainDiscovery(examination, facts));
    if (moved) return moved;
    const made = isOffline ? undefined : await callCompany(examination);
    if (made && isMismatch(made)) return explainMismatch(examination, facts);
    const other = known.find(
      ({ clientId, environment }) => clientId === facts.clientId && environment !== facts.environment,
    );
    if (!other) return pass(`${facts.environment}, as at the sign-in.`);
    const detail = `${facts.name} (${facts.environment}) and ${other.name} (${other.environment}) have the same client ID, and Intuit's keys are for one environment only.`;
    const finding = { cause: "keys-environment-mismatch", confidence: "likely", evidence: detail } as const;
    return warn(detail, "See which keys are which: qbo app list", [finding]);
  },
};

function explainMove({ world, settings }: Examination, facts: ConnectionFacts): CheckResult | undefined {
  try {
    assertSameOrigins(world.env, settings, facts);
    return undefined;
  } catch (error) {
    if (!hasCode(error, "CONFIG_INVALID")) throw error;
    const result = fail(error.message, error.hint, {
      cause: "shadowed-by-environment",
      confidence: "certain",
      fix: ["unset QBO_EMULATOR_URL"],
    });
    return facts.environment === "emulator" ? result : { ...result, findings: [], exitCode: 3 };
  }
}

/** Tokens go to the addresses of the sign-in whatever the document says; the next sign-in would meet the new ones. */
async function explainDiscovery(
  { world, settings, isOffline, once }: Examination,
  { environment }: ConnectionFacts,
): Promise<CheckResult | undefined> {
  if (isOffline || findEnvironmentConfig(settings, environment)?.discoveryUrl === undefined) return undefined;
  try {
    await once(`environment ${environment}`, () => resolveEnvironment(world, settings, environment));
    return undefined;
  } catch (error) {
    // Whether its host can be reached is told by the check of the network.
    if (hasCode(error, "INTUIT_UNREACHABLE")) return undefined;
    if (!hasCode(error, "CONFIG_INVALID")) throw error;
    return { ...fail(error.message, error.hint), exitCode: 3 };
  }
}

async function explainMismatch(examination: Examination, facts: ConnectionFacts): Promise<CheckResult> {
  const made = await callCompany(examination);
  const code = made.kind === "refused" ? (made.fault?.code ?? "") : "";
  const other = findOther(facts);
  const isThere =
    other !== undefined && (await call(examination, buildCompanyInfoUrl(other.api, facts.realmId))).kind === "accepted";
  if (isThere && other) {
    const detail = `The company ${facts.realmId} is refused by ${facts.environment} (${code}), and accepted by ${other.name}.`;
    return fail(detail, `Sign in with the right environment: qbo login --env ${other.name}`, {
      cause: "keys-environment-mismatch",
      confidence: "certain",
      fix: [`qbo login --env ${other.name}`],
    });
  }
  const detail = `The API refuses the company ${facts.realmId} with ${code} while the token is valid.`;
  const isSubscription = code === "7001";
  return fail(detail, `Check that ${facts.realmId} is a company of ${facts.environment}: qbo status ${facts.name}`, {
    cause: "keys-environment-mismatch",
    confidence: isSubscription ? "possible" : "likely",
  });
}

/** Intuit's other environment, of a connection to one of its two: a token never goes to a host that is not Intuit's. */
function findOther({ environment }: ConnectionFacts): { name: string; api: string } | undefined {
  if (environment !== "sandbox" && environment !== "production") return undefined;
  const name = environment === "sandbox" ? "production" : "sandbox";
  return { name, api: intuitEnvironments[name].endpoints.api };
}
