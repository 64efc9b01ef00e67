import { formatDuration } from "../../core/duration.ts";
import type { Instant } from "../../core/instant.ts";
import { connectionStates, type ConnectionReport } from "../../flows/connection-report.ts";
import type { Style } from "./command.ts";
import { paintState } from "./connection-lines.ts";
import {
  createColumn,
  drop,
  fitColumns,
  shorten,
  shrink,
  writeRow,
  type Column,
  type Narrowing,
} from "./fit-columns.ts";
import { createRefreshBars, findFirstEnd, isUseless } from "./token-lines.ts";

export const groupings = ["environment", "app", "state", "store"] as const;
export type Grouping = (typeof groupings)[number];

const barWidth = 8;

/** What tells the least goes first. A connection's name is what people type: it is cut late, and then inside, for names differ at their ends. */
const steps: readonly Narrowing[] = [
  shorten("next", (command) => command.split(" ")[1] ?? ""),
  drop("bar"),
  shrink("company", 16),
  drop("access"),
  drop("environment"),
  shrink("company", 10),
  drop("company"),
  drop("refresh"),
  shrink("name", 16),
  drop("next"),
  shrink("name", 4),
];

/** Many connections, one line each, in groups if that is asked for, and a line of counts. */
export function describeTable(reports: readonly ConnectionReport[], style: Style, groupBy?: Grouping): string[] {
  const columns = layOut(reports, style);
  const bars = createRefreshBars(style, barWidth);
  const paints = Object.fromEntries(connectionStates.map((state) => [state, paintState(state, style)]));
  const write = (row: number) => {
    const report = reports[row];
    return writeRow(columns, row, (text, key) => {
      if (report === undefined || text === "") return text;
      if (key === "state") return paints[report.state]?.(text) ?? text;
      return key === "bar" ? bars(report) : text;
    });
  };
  const head = writeRow(columns, undefined, (text) => style.dim(text));
  const groups = groupBy === undefined ? [] : groupRows(reports, groupBy);
  const body =
    groupBy === undefined
      ? reports.map((_, row) => write(row))
      : groups.flatMap(({ title, rows }) => {
          const counts = countStates(rows.flatMap((row) => reports[row] ?? []));
          return ["", `${style.bold(title)}  ${style.dim(counts)}`, ...rows.map(write)];
        });
  return [head, ...body, "", summarize(reports), ...listOthers(reports)];
}

/** Connections that still belong to another client than their app has by now. */
function listOthers(reports: readonly ConnectionReport[]): string[] {
  const names = reports.filter(({ configuredClientId }) => configuredClientId !== null).map(({ name }) => name);
  if (names.length === 0) return [];
  const shown = names.length > 10 ? `${names.slice(0, 10).join(", ")} and ${names.length - 10} more` : names.join(", ");
  return [`Made by another client than their app has now (to move one: qbo login <name>): ${shown}`];
}

function layOut(reports: readonly ConnectionReport[], style: Style): Column[] {
  const column = (key: string, title: string, read: (report: ConnectionReport) => string) =>
    createColumn(key, title, reports.map(read));
  const readLeft = (read: (report: ConnectionReport) => number | null | undefined) => (report: ConnectionReport) =>
    isUseless(report, style.now) ? "-" : formatLeft(read(report));
  const columns = [
    { ...column("name", "NAME", ({ name }) => name), isCutInside: true },
    column("state", "STATE", ({ state }) => state),
    column(
      "access",
      "ACCESS",
      readLeft(({ accessToken }) => accessToken?.expiresIn),
    ),
    column("refresh", "REFRESH", (report) => formatEnd(report, style.now)),
    column("bar", "", () => " ".repeat(barWidth)),
    column("environment", "ENVIRONMENT", ({ environment }) => environment),
    column("company", "COMPANY", ({ companyName, realmId }) => companyName ?? realmId),
    column("next", "NEXT", ({ nextAction }) => nextAction ?? ""),
  ];
  const hasNext = reports.some(({ nextAction }) => nextAction !== null);
  const useful = columns.filter(({ key }) => (key === "next" ? hasNext : key !== "bar" || style.isTerminal));
  // A program, or a file, takes lines of any length, and wants whole names.
  if (!style.isTerminal) return useful;
  // An environment that is the same everywhere tells the least.
  return fitColumns(useful, style.columns, findOnly(reports) === undefined ? steps : [drop("environment"), ...steps]);
}

function findOnly(reports: readonly ConnectionReport[]): string | undefined {
  const first = reports[0]?.environment;
  return reports.every(({ environment }) => environment === first) ? first : undefined;
}

/** How long it lasts without a person: the refresh token or, where that ends sooner, the consent. */
function formatEnd(report: ConnectionReport, now: Instant): string {
  if (isUseless(report, now)) return "-";
  const { what, expiresIn } = findFirstEnd(report, now);
  return what === "consent" ? `consent ${formatLeft(expiresIn)}` : formatLeft(expiresIn);
}

function formatLeft(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "-";
  return seconds === 0 ? "expired" : formatDuration(seconds);
}

/** Groups in the order of their names, but states in the order of urgency, as the reports come. */
function groupRows(reports: readonly ConnectionReport[], by: Grouping): { title: string; rows: number[] }[] {
  const groups = new Map<string, number[]>();
  for (const [row, report] of reports.entries()) {
    const rows = groups.get(report[by]);
    if (rows) rows.push(row);
    else groups.set(report[by], [row]);
  }
  const found = [...groups].map(([title, rows]) => ({ title, rows }));
  return by === "state" ? found : found.toSorted((a, b) => (a.title < b.title ? -1 : 1));
}

/** How many connections are in each state. */
function countStates(reports: readonly ConnectionReport[]): string {
  const counts = new Map<string, number>();
  for (const { state } of reports) counts.set(state, (counts.get(state) ?? 0) + 1);
  return connectionStates.flatMap((state) => (counts.has(state) ? [`${counts.get(state)} ${state}`] : [])).join(", ");
}

function summarize(reports: readonly ConnectionReport[]): string {
  const environment = findOnly(reports);
  const where = environment === undefined ? "" : ` (${environment})`;
  return `${reports.length} connection${reports.length === 1 ? "" : "s"}${where}: ${countStates(reports)}`;
}
