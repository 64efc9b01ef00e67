import { formatMoment } from "../../../core/instant.ts";
import { formatAdvice } from "../../causes/causes.ts";
import type { Finding } from "../../causes/finding.ts";
import { wasClientRejected } from "../../causes/journal-answers.ts";
import { traceLineage } from "../../causes/lineage.ts";
import { explainRejectedCode, traceLastSignIn } from "../../causes/sign-in-trace.ts";
import { pass, skip, type CheckResult } from "../check-result.ts";
import type { Check, Examination } from "../examination.ts";
import { findStoredFingerprint } from "../open-examination.ts";

/** What the journal tells about the stored token and about the last sign-in. */
export const tokenLineage: Check = {
  id: "token-lineage",
  title: "Token lineage",
  purpose: "By the journal, the stored token is the newest, was accepted when it was last used, and was not revoked.",
  needsNetwork: false,
  async run(examination) {
    const { facts, subject } = examination;
    const stored = await findStoredFingerprint(examination);
    const findings = [...traceSignIn(examination), ...traceToken(examination, stored)];
    const detail = findings.map(({ evidence }) => evidence).join(" ") || describe(examination, stored);
    if (findings.length === 0 && !examination.isRejected) return facts ? pass(detail) : skip(detail);
    const [first] = findings;
    const fix = formatAdvice(first?.cause ?? "revoked-or-rotated-elsewhere", subject);
    return { status: judgeStatus(examination, findings), detail, fix, findings };
  },
};

/** A superseded token may work for a day yet; everything else has happened already. */
function judgeStatus({ facts, isRejected }: Examination, findings: readonly Finding[]): CheckResult["status"] {
  if (!facts || isRejected || facts.disconnectedAt !== null) return "fail";
  return findings.some(({ confidence }) => confidence === "certain") ? "fail" : "warn";
}

function traceToken({ events, facts, world }: Examination, stored: string | null): Finding[] {
  if (!facts) return [];
  const found = traceLineage({ events, id: facts.id, stored, host: world.platform.hostname });
  if (facts.disconnectedAt === null || found.some(({ cause }) => cause === "revoked-here")) return found;
  const evidence = `It was disconnected here at ${formatMoment(facts.disconnectedAt)}.`;
  return [...found, { cause: "revoked-here", confidence: "certain", evidence }];
}

function traceSignIn({ events, facts, subject }: Examination): Finding[] {
  const trace = traceLastSignIn(events, facts?.id ?? null);
  const found = trace ? explainRejectedCode(events, trace) : [];
  if (subject.clientId === null || !wasClientRejected(events, subject.clientId)) return found;
  const evidence = `Intuit rejected the client ${subject.clientId} when it was last asked.`;
  return [...found, { cause: "keys-wrong", confidence: "likely", evidence }];
}

function describe({ events, facts, isRejected }: Examination, stored: string | null): string {
  if (!facts) return "The journal tells of no sign-in that failed.";
  const own = events.filter(({ connection }) => connection === facts.id);
  const token = stored === null ? "No token is stored" : `The stored token ${stored} is the newest that is known`;
  const refusal = isRejected ? ", and Intuit rejected it" : "";
  return `${token}${refusal}; the journal has ${own.length} events of ${facts.name}.`;
}
