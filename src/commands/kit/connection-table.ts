import { formatDuration } from "../../core/duration.ts";
import { connectionStates, type ConnectionReport } from "../../flows/connection-report.ts";
import type { Style } from "./command.ts";
import { paintState } from "./connection-lines.ts";

interface Column {
  title: string;
  value(this: void, report: ConnectionReport): string;
  /** Columns go, the highest number first, until the line fits the terminal. */
  dispensable: number;
  longest: number;
}

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
      (text, index) => (shown[index]?.column.title === "STATE" ? paintState(report.state, style)(text) : text),
    ),
  );
  return [head, ...rows, "", countStates(reports)];
}

interface FittedColumn {
  column: Column;
  width: number;
}

function fitColumns(reports: readonly ConnectionReport[], style: Style): FittedColumn[] {
  let shown = columns.map((column) => ({
    column,
    width: Math.min(
      column.longest,
      Math.max(column.title.length, ...reports.map((report) => column.value(report).length)),
    ),
  }));
  const total = () => shown.reduce((sum, { width }) => sum + width + 2, -2);
  for (let rank = 4; rank > 0 && total() > style.columns; rank -= 1)
    shown = shown.filter(({ column }) => column.dispensable !== rank);
  const excess = total() - style.columns;
  return excess > 0
    ? shown.map((fitted, index) => (index === 0 ? { ...fitted, width: Math.max(8, fitted.width - excess) } : fitted))
    : shown;
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
  return `${reports.length} connections: ${parts.join(", ")}`;
}
