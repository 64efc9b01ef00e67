import type { ExitCode } from "../../core/errors.ts";
import { hasCode, QboError } from "../../core/errors.ts";
import type { Finding } from "../causes/finding.ts";
import { fail, skip, type CheckResult } from "./check-result.ts";
import { checks } from "./checks.ts";
import type { Check, DoctorDoors, Examination } from "./examination.ts";
import { openExamination, type Patient } from "./open-examination.ts";
import { judge, type Verdict } from "./verdict.ts";

/** What one check came to, for the report. */
export interface CheckReport extends Omit<CheckResult, "exitCode"> {
  id: string;
  title: string;
}

/** What the doctor says about one connection, or about a machine that has none. */
export interface Diagnosis {
  connection: string | null;
  environment: string | null;
  companyName: string | null;
  verdict: Verdict | null;
  ranking: Finding[];
  checks: CheckReport[];
  exitCode: ExitCode;
}

/** Runs every check, mends what is safe to mend when that is wanted, and weighs what was found. */
export async function examine(world: DoctorDoors, patient: Patient, { mend }: { mend: boolean }): Promise<Diagnosis> {
  const examination = openExamination(world, patient);
  const results: { check: Check; result: CheckResult }[] = [];
  for (const check of checks) {
    const result = await runCheck(check, examination);
    const isMendable = mend && check.mend && (result.status === "warn" || result.status === "fail");
    results.push({ check, result: isMendable ? await mendAndRepeat(world, patient, { check, result }) : result });
  }
  const { subject, isRejected, facts, environment } = examination;
  const judgement = judge(
    results.map(({ result }) => result),
    { subject, isRejected },
  );
  return {
    connection: subject.connection,
    environment: environment?.name ?? null,
    companyName: facts?.companyName ?? null,
    ...judgement,
    checks: results.map(({ check: { id, title }, result: { status, detail, fix, findings } }) => {
      return { id, title, status, detail, fix, findings };
    }),
  };
}

async function runCheck(check: Check, examination: Examination): Promise<CheckResult> {
  if (check.needsNetwork && examination.isOffline) return skip("It needs the network, which --offline leaves alone.");
  try {
    return await check.run(examination);
  } catch (error) {
    // The store's own check tells what is wrong with it; whatever else hangs on it cannot be known.
    if (hasCode(error, "STORE_UNAVAILABLE", "STORE_CORRUPT", "FILES_UNAVAILABLE")) return skip(error.message);
    if (hasCode(error, "CONFIG_INVALID")) return { ...fail(error.message, error.hint), exitCode: error.exitCode };
    throw error;
  }
}

async function mendAndRepeat(
  world: DoctorDoors,
  patient: Patient,
  { check, result }: { check: Check; result: CheckResult },
): Promise<CheckResult> {
  // What was asked for before the mending is not true any more.
  const afresh = openExamination(world, { ...patient, memory: new Map() });
  const done = await tryMend(check, afresh);
  if (done === undefined) return { ...result, fix: "It could not be mended now. Look again in a minute." };
  if (typeof done !== "string") return { ...result, detail: `${result.detail} ${done.message}`, fix: done.hint };
  const after = await runCheck(check, afresh);
  return { ...after, detail: `${done} ${after.detail}` };
}

/** What was done, nothing, or why it failed: what cannot be mended must not keep the rest from being looked at. */
async function tryMend(check: Check, examination: Examination): Promise<string | QboError | undefined> {
  try {
    return await check.mend?.(examination);
  } catch (error) {
    if (!(error instanceof QboError) || error.code === "CANCELLED") throw error;
    return error;
  }
}
