import { formatDuration } from "../../core/duration.ts";
import { day, hour, parseInstant, secondsUntil, type Instant } from "../../core/instant.ts";
import type { ConnectionReport } from "../../flows/connection-report.ts";
import type { Style } from "./command.ts";

/** Lifetimes that a full bar stands for: those that Intuit grants. */
const fullLife = { access: hour, refresh: 101 * day, consent: 5 * 365.25 * day };

const widestBar = 20;

/** When each token of a connection expires and when it was last refreshed: the end of every answer about a connection. */
export function describeTokenLife(report: ConnectionReport, style: Style): string[] {
  const { accessToken, refreshToken } = report;
  if (!refreshToken) return [];
  const rows: LifeRow[] = [
    {
      label: "access token",
      end: accessToken?.expiresAt ?? null,
      full: fullLife.access,
      missing: "none held; the next use fetches one",
    },
    {
      label: "refresh token",
      end: refreshToken.expiresAt,
      full: fullLife.refresh,
      missing: "expiry unknown until the next refresh",
    },
    {
      label: "consent",
      end: refreshToken.hardExpiresAt,
      full: fullLife.consent,
      missing: "limit unknown until the next refresh",
    },
  ];
  return [...rows.map((row) => formatRow(row, style)), formatLastRefresh(report, style)];
}

interface LifeRow {
  label: string;
  /** ISO time; null when unknown. */
  end: string | null;
  full: number;
  missing: string;
}

const labelWidth = 14;

function formatRow({ label, end, full, missing }: LifeRow, style: Style): string {
  const head = style.dim(label.padEnd(labelWidth));
  const at = end === null ? undefined : parseInstant(end);
  if (at === undefined) return `${head}${style.dim(missing)}`;
  const left = secondsUntil(at, style.now);
  const words = left === 0 ? style.red("expired") : formatDuration(left);
  const moment = style.dim(`${left === 0 ? "since" : "until"} ${formatMoment(at)}`);
  const room = style.columns - labelWidth - 2;
  const bar = style.isTerminal && room >= 34 ? `${drawBar(at, full, style, room < 50 ? 8 : widestBar)} ` : "";
  const padding = " ".repeat(Math.max(1, 11 - (left === 0 ? 7 : words.length)));
  return room >= 34
    ? `${head}${bar}${words}${padding}${room >= 56 || bar === "" ? moment : ""}`.trimEnd()
    : `${head}${words}`;
}

/** A bar of remaining life: green while there is plenty, yellow below a quarter, red at the end. */
export function drawBar(end: Instant, full: number, style: Style, width: number): string {
  const share = Math.min(1, Math.max(0, (end - style.now) / full));
  const filled = share === 0 ? 0 : Math.max(1, Math.round(share * width));
  const paint = share > 0.25 ? style.green : share > 0.1 ? style.yellow : style.red;
  return `${paint("━".repeat(filled))}${style.dim("─".repeat(width - filled))}`;
}

function formatLastRefresh({ lastRefresh, connectedAt }: ConnectionReport, style: Style): string {
  const head = style.dim("last refresh".padEnd(labelWidth));
  const at = parseInstant(lastRefresh?.at ?? connectedAt);
  const ago = at === undefined ? "" : `${formatDuration(Math.max(0, secondsUntil(style.now, at)))} ago`;
  if (!lastRefresh) return `${head}never; signed in ${ago}`;
  if (lastRefresh.outcome === "ok") return `${head}${ago}`;
  const outcomes: Record<string, string> = {
    rejected: "rejected by Intuit",
    unconfirmed: "its answer was lost",
    unreachable: "Intuit could not be reached",
  };
  return `${head}${ago}: ${style.red(outcomes[lastRefresh.outcome] ?? lastRefresh.outcome)}`;
}

/** A moment in local time, to the minute, as a person compares it with a clock on the wall. */
export function formatMoment(at: Instant): string {
  const date = new Date(at);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
