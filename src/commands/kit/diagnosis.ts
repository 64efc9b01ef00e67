import { wrapLines } from "../../core/wrap-lines.ts";
import type { CheckStatus } from "../../flows/diagnose/check-result.ts";
import type { CheckReport, Diagnosis } from "../../flows/diagnose/examine.ts";
import type { Style } from "./command.ts";

const tags: Readonly<Record<CheckStatus, string>> = { ok: "[ OK ]", warn: "[WARN]", fail: "[FAIL]", skip: "[SKIP]" };
const tagWidth = 8;
const titleWidth = 18;
/** From this width on, what was found stands beside the title; below it, under it. */
const wideEnough = 70;

/** What the doctor found, for a person: every check, then the verdict and the next command. In brief, only what is not well. */
export function describeDiagnosis(diagnosis: Diagnosis, style: Style, isBrief: boolean): string[] {
  const { connection, environment, companyName, checks, exitCode } = diagnosis;
  const who = connection ?? "This machine";
  const where = [companyName, environment].filter((part) => part !== null).join(", ");
  const heading = `${style.bold(who)}${where === "" ? "" : style.dim(` (${where})`)}`;
  if (isBrief && exitCode === 0) return [`${style.green(tags.ok)}  ${heading}`];
  const shown = isBrief ? checks.filter(({ status }) => status === "fail") : checks;
  return [
    heading,
    "",
    ...shown.flatMap((check) => describeCheck(check, style)),
    "",
    ...describeVerdict(diagnosis, style),
    ...(isBrief ? [""] : []),
  ];
}

function describeCheck({ status, title, detail, fix }: CheckReport, style: Style): string[] {
  const paint = choosePaint(status, style);
  const head = `${paint(tags[status])}  `;
  const isWide = style.columns >= wideEnough;
  const margin = isWide ? tagWidth + titleWidth : tagWidth;
  const lines = breakText(detail, margin, style).map((line) => style.dim(line));
  const advice = fix !== null && (status === "warn" || status === "fail") ? breakText(fix, margin, style) : [];
  const pad = " ".repeat(margin);
  const beside = [...lines, ...advice];
  if (!isWide) return [`${head}${title}`, ...beside.map((line) => `${pad}${line}`)];
  const [first = "", ...rest] = beside;
  return [`${head}${title.padEnd(titleWidth)}${first}`.trimEnd(), ...rest.map((line) => `${pad}${line}`)];
}

/** Lines that have room beside the margin; what is no terminal has no width. */
function breakText(text: string, margin: number, { isTerminal, columns }: Style): string[] {
  return isTerminal ? wrapLines(text, columns - margin).split("\n") : [text];
}

function describeVerdict({ connection, environment, verdict, ranking, checks }: Diagnosis, style: Style): string[] {
  if (!verdict) return [describeHealth(connection, environment, checks, style)];
  const [first, ...others] = ranking;
  const evidence = first === undefined ? "" : first.evidence;
  const [next = "", ...later] = verdict.fix;
  return [
    `${style.red("✗")} ${style.bold(verdict.summary)}`,
    `${style.dim("cause:")} ${verdict.cause}, ${verdict.confidence}`,
    ...(evidence === "" ? [] : [`${style.dim("because:")} ${evidence}`]),
    ...others.map((finding) => style.dim(`or: ${finding.cause}, ${finding.confidence}`)),
    `${style.yellow("next:")} ${next}`,
    ...later.map((line) => `${style.dim("then:")} ${line}`),
  ];
}

function describeHealth(
  connection: string | null,
  environment: string | null,
  checks: readonly CheckReport[],
  style: Style,
): string {
  if (checks.some(({ status }) => status === "fail"))
    return style.red("✗ Something has to be set right first: see above.");
  if (connection !== null) return `${style.green("✓")} ${connection} is healthy.`;
  const next = `qbo login --env ${environment ?? "sandbox"}`;
  return checks.some(({ id, status }) => id === "app-configured" && status === "warn")
    ? `${style.yellow("next:")} give the keys of the app, then ${next}`
    : `${style.green("✓")} Ready for a sign-in: ${next}`;
}

function choosePaint(status: CheckStatus, style: Style): Style["bold"] {
  return { ok: style.green, warn: style.yellow, fail: style.red, skip: style.dim }[status];
}
