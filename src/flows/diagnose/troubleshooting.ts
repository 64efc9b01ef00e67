import type { Cause } from "../causes/cause.ts";
import { causeIds, getCause, listFixes } from "../causes/causes.ts";
import { checks } from "./checks.ts";

const example = {
  connection: "acme",
  realmId: "9130350000000000",
  environment: "sandbox",
  clientId: "<client ID>",
  redirectUri: "<redirect URI>",
};

const chapters: readonly [when: Cause["when"], title: string][] = [
  ["exchange", "When a sign-in fails"],
  ["refresh", "When a refresh is rejected"],
  ["any", "At any time"],
];

/** The page about causes and checks, made of the tables that the doctor itself uses. */
export function renderTroubleshooting(): string {
  return [
    "# Troubleshooting",
    "Intuit has one word, `invalid_grant`, for many causes. `qbo doctor` tells which it is, on what evidence, and what to type next:",
    "```sh\nqbo doctor acme\n```",
    "It changes nothing unless you ask: `--refresh` tries a real refresh, `--fix` mends what is safe to mend. `qbo history acme` shows what happened when, and `qbo doctor acme --bundle report.json` writes a redacted report for a support ticket.",
    "The verdict is `certain` when the evidence admits nothing else, `likely` when one cause stands out, and `possible` when several remain; then `ranking` under `--json` lists them all. Exit code: 0 when nothing is wrong, else that of the cause.",
    ...chapters.flatMap(([when, title]) => [`## ${title}`, ...renderCauses(when)]),
    "## What the doctor looks at",
    "In this order. Those marked with a star need the network and are left out with `--offline`.",
    renderChecks(),
  ]
    .join("\n\n")
    .concat("\n");
}

function renderCauses(when: Cause["when"]): string[] {
  return causeIds.filter((id) => getCause(id).when === when).map(renderCause);
}

function renderCause(id: (typeof causeIds)[number]): string {
  const { symptom, evidence, advice, exitCode, exitCodeWhenRejected } = getCause(id);
  const fixes = listFixes(id, example).map((line) => `   ${line}`);
  const codes =
    exitCodeWhenRejected === undefined ? `${exitCode}` : `${exitCode}, or ${exitCodeWhenRejected} once it was rejected`;
  return [
    `### ${id}`,
    `- **Symptom:** ${symptom}`,
    `- **Evidence:** ${evidence}`,
    `- **Fix:** ${advice}.`,
    `- **Exit code:** ${codes}.`,
    "",
    "```sh",
    ...fixes.map((line) => line.trim()),
    "```",
  ]
    .join("\n")
    .replace(`### ${id}\n`, `### ${id}\n\n`);
}

function renderChecks(): string {
  const rows = checks.map(
    ({ id, title, purpose, needsNetwork }) => `| \`${id}\`${needsNetwork ? " *" : ""} | ${title} | ${purpose} |`,
  );
  return ["| check | title | holds when |", "| --- | --- | --- |", ...rows].join("\n");
}
