import { QboError } from "../../../core/errors.ts";
import { findClientSecret } from "../../apps/client-secret.ts";
import type { Finding } from "../../causes/finding.ts";
import { fail, pass, skip, warn, type CheckResult } from "../check-result.ts";
import type { Check, Examination } from "../examination.ts";
import { listConcealing, listShadows } from "../shadows.ts";

/** Whether the client is known with its secret, and whether something else is configured over it. */
export const appConfigured: Check = {
  id: "app-configured",
  title: "App",
  purpose:
    "The configuration can be read, the client ID and its secret are known, and nothing in the environment overrides what made the connection.",
  needsNetwork: false,
  async run(examination) {
    const { facts, app, environment, subject, fault } = examination;
    if (fault) return { ...fail(fault.message, fault.hint), exitCode: fault.exitCode };
    const hidden = facts ? [] : await findHidden(examination);
    if (hidden.length > 0) return explainHidden(hidden);
    const concealed = explainConcealed(examination);
    if (concealed) return concealed;
    if (!environment || !app) return skip("No environment was chosen, so there is no app to look at: use --env.");
    const command = `qbo app set --env ${environment.name} --client-id ${subject.clientId ?? "<id>"} --client-secret-stdin`;
    if (subject.clientId === null)
      return warn(`No app is configured for ${environment.name} yet.`, `Give its keys: ${command}`);
    const secret = await readSecret(examination, subject.clientId);
    if (typeof secret !== "boolean") return secret;
    if (!secret) return explainMissing(examination, `Store it: ${command}`);
    const shadows = findShadowFindings(examination);
    const [first] = shadows;
    const sentence = `The app ${app.name} (${subject.clientId}) is known with its secret.`;
    return first ? warn(`${sentence} ${first.evidence}`, null, shadows) : pass(sentence);
  },
};

async function readSecret({ world }: Examination, clientId: string): Promise<boolean | CheckResult> {
  try {
    return (await findClientSecret(world, clientId)) !== undefined;
  } catch (error) {
    if (!(error instanceof QboError) || error.exitCode !== 7) throw error;
    return fail(error.message, error.hint, { cause: "store-unavailable", confidence: "certain" });
  }
}

/** Without the secret of its own client a connection cannot be refreshed, whatever its app has by now. */
function explainMissing({ facts, app, subject }: Examination, fix: string): CheckResult {
  const detail = `The client secret of ${subject.clientId ?? "the app"} is not known here.`;
  if (!facts) return warn(detail, fix);
  const hasChanged = app?.clientId !== null && app?.clientId !== facts.clientId;
  if (!hasChanged) return { ...fail(detail, fix), exitCode: 3 };
  return fail(detail, `Sign in again with the new client: qbo login ${facts.name}`, {
    cause: "client-changed",
    confidence: "certain",
    evidence: `${detail} The app ${facts.app} has the client ID ${app?.clientId ?? "(none)"} by now.`,
  });
}

function findShadowFindings({ settings, facts }: Examination): Finding[] {
  if (!facts) return [];
  return listShadows(settings, facts).map(({ source, says, made, remedy }) => ({
    cause: "shadowed-by-environment",
    confidence: "possible",
    fix: [remedy],
    evidence: `${source} says ${says}; the connection was made with ${made}.`,
  }));
}

/** There are connections, and none was chosen: a variable or a project file asks for one that is not there. */
function explainConcealed({ facts, known, settings }: Examination): CheckResult | undefined {
  const concealing = facts || known.length === 0 ? [] : listConcealing(settings);
  const [first] = concealing;
  if (!first) return undefined;
  const says = concealing.map(({ source, says: value }) => `${source} says ${value}`).join(", ");
  const detail = `No connection here fits: ${says}. There are ${shorten(known.map(({ name }) => name))}.`;
  const fix = concealing.map(({ remedy }) => remedy);
  return fail(detail, `Name the connection, or take the setting away: ${first.remedy}`, {
    cause: "shadowed-by-environment",
    confidence: "certain",
    fix,
  });
}

function shorten(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}

async function findHidden({ world, known }: Examination): Promise<string[]> {
  return known.length > 0 ? [] : (await world.machine()).listHiddenConnections();
}

function explainHidden(names: readonly string[]): CheckResult {
  const detail = `QBO_STATE_DIR names a folder without a connection; the usual one has ${shorten(names)}.`;
  return fail(detail, "Unset QBO_STATE_DIR, or set it to the folder that holds the connections.", {
    cause: "shadowed-by-environment",
    confidence: "likely",
    fix: ["unset QBO_STATE_DIR"],
  });
}
