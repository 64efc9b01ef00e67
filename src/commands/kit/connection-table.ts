import { formatDuration } from "../../core/duration.ts";
import { connectionStates, type ConnectionReport } from "../../flows/connection-report.ts";
import type { Style } from "./command.ts";
import { paintState } from "./connection-lines.ts";
import { drawRefreshBar } from "./token-lines.ts";

interface Column {
  title: string;
  value(this: void, report: ConnectionReport): string;
  /** Columns go, the highest number first, until the line fits the terminal. */
  dispensable: number;
  longest: number;
}

const barWidth = 8;

const columns: readonly Column[] = [
  { title: "NAME", value: (report) => report.name, dispensable: 0, longest: 32 },
  { title: "STATE", value: ({ state }) => state, dispensable: 0, longest: 12 },
  { title: "ACCESS", value: ({ accessToken }) => formatLeft(accessToken?.expiresIn), dispensable: 2, longest: 12 },
  {
    title: "REFRESH",
    value: ({ refreshToken }) => formatLeft(refreshToken?.expiresIn ?? undefined),
    dispensable: 1,
    longest: 12,
  },
  { title: "", value: () => " ".repeat(barWidth), dispensable: 5, longest: barWidth },
  { title: "ENVIRONMENT", value: ({ environment }) => environment, dispensable: 3, longest: 16 },
  { title: "COMPANY", value: ({ companyName, realmId }) => companyName ?? realmId, dispensable: 4, longest: 30 },
];

/** Many connections, one line each, and a line of counts. */
export function describeTable(reports: readonly ConnectionReport[], style: Style): string[] {
  const shown = fitColumns(reports, style);
  const format = (cells: readonly string[], paint: (text: string, index: number) => string) =>
    cells
      .map((cell, index) => paint(cell.padEnd(index === cells.length - 1 ? 0 : (shown[index]?.width ?? 0)), index))
      .join("  ")
      .trimEnd();
  const head = format(
    shown.map(({ column }) => column.title),
    (text) => style.dim(text),
  );
  const rows = reports.map((report) =>
    format(
      shown.map(({ column, width }) => cut(column.value(report), width)),
      (text, index) => paintCell(text, shown[index]?.column.title, { report, style }),
    ),
  );
  return [head, ...rows, "", countStates(reports), ...listOthers(reports)];
}

/** Connections that still belong to another client than their app has by now. */
function listOthers(reports: readonly ConnectionReport[]): string[] {
  const names = reports.filter(({ configuredClientId }) => configuredClientId !== null).map(({ name }) => name);
  if (names.length === 0) return [];
  const shown = names.length > 10 ? `${names.slice(0, 10).join(", ")} and ${names.length - 10} more` : names.join(", ");
  return [`Made by another client than their app has now (to move one: qbo login <name>): ${shown}`];
}

function paintCell(
  text: string,
  title: string | undefined,
  { report, style }: { report: ConnectionReport; style: Style },
): string {
  if (title === "STATE") return paintState(report.state, style)(text);
  return title === "" ? drawRefreshBar(report, style, barWidth) : text;
}

interface FittedColumn {
  column: Column;
  width: number;
}

function fitColumns(reports: readonly ConnectionReport[], style: Style): FittedColumn[] {
  const possible = style.isTerminal ? columns : columns.filter(({ title }) => title !== "");
  let shown = possible.map((column) => ({
    column,
    width: Math.min(
      column.longest,
      Math.max(column.title.length, ...reports.map((report) => column.value(report).length)),
    ),
  }));
  const total = () => shown.reduce((sum, { width }) => sum + width + 2, -2);
  for (let rank = 6; rank > 0 && total() > style.columns; rank -= 1)
    shown = shown.filter(({ column }) => rankColumn(column, reports) !== rank);
  const excess = total() - style.columns;
  return excess > 0
    ? shown.map((fitted, index) => (index === 0 ? { ...fitted, width: Math.max(8, fitted.width - excess) } : fitted))
    : shown;
}

/** An environment that is the same everywhere tells the least. */
function rankColumn({ title, dispensable }: Column, reports: readonly ConnectionReport[]): number {
  return title === "ENVIRONMENT" && findOnlyEnvironment(reports) !== undefined ? 6 : dispensable;
}

function findOnlyEnvironment(reports: readonly ConnectionReport[]): string | undefined {
  const [only, another] = new Set(reports.map(({ environment }) => environment));
  return another === undefined ? only : undefined;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function formatLeft(seconds: number | undefined): string {
  if (seconds === undefined) return "-";
  return seconds === 0 ? "expired" : formatDuration(seconds);
}

function countStates(reports: readonly ConnectionReport[]): string {
  const counts = connectionStates.map((state) => ({
    state,
    count: reports.filter((report) => report.state === state).length,
  }));
  const parts = counts.filter(({ count }) => count > 0).map(({ state, count }) => `${count} ${state}`);
  const environment = findOnlyEnvironment(reports);
  return `${reports.length} connections${environment === undefined ? "" : ` (${environment})`}: ${parts.join(", ")}`;
}
