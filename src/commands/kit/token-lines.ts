import { formatDuration } from "../../core/duration.ts";
import { formatMoment, parseInstant, secondsUntil } from "../../core/instant.ts";
import type { ConnectionReport } from "../../flows/connections/connection-report.ts";
import type { Style } from "./command.ts";
import { drawBar, fullLife } from "./life-bar.ts";
import { findFirstEnd, isUseless, type TokenEnds } from "./token-ends.ts";

const barWidths = [20, 8] as const;

/** When each token of a connection expires and when it was last refreshed: the end of every answer about a connection. */
export function describeTokenLife(report: ConnectionReport, style: Style): string[] {
  const { accessToken, refreshToken } = report;
  if (!refreshToken) return [];
  const ends = readEnds(report);
  if (isUseless(ends, style.now))
    return [
      `${style.dim("tokens".padEnd(labelWidth))}of no use until somebody signs in`,
      formatLastRefresh(report, style),
    ];
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
  const isConsentFirst = findFirstEnd(ends, style.now).what === "consent";
  const remark = isConsentFirst ? [style.dim("the consent ends first: only a new sign-in prolongs it")] : [];
  return [...rows.map((row) => formatRow(row, style)), ...remark, formatLastRefresh(report, style)];
}

function readEnds({ state, refreshToken }: ConnectionReport): TokenEnds {
  const read = (time: string | null | undefined) => parseInstant(time ?? "") ?? null;
  return { state, refreshToken: read(refreshToken?.expiresAt), consent: read(refreshToken?.hardExpiresAt) };
}

interface LifeRow {
  label: string;
  /** ISO time; null when unknown. */
  end: string | null;
  full: number;
  missing: string;
}

const labelWidth = 15;

function formatRow({ label, end, full, missing }: LifeRow, style: Style): string {
  const head = style.dim(label.padEnd(labelWidth));
  const at = end === null ? undefined : parseInstant(end);
  if (at === undefined) return `${head}${style.dim(missing)}`;
  const left = secondsUntil(at, style.now);
  const words = left === 0 ? style.red("expired") : formatDuration(left);
  const moment = style.dim(`${left === 0 ? "since" : "until"} ${formatMoment(at)}`);
  const padding = " ".repeat(Math.max(1, wordsWidth - (left === 0 ? 7 : words.length)));
  const { barWidth, hasMoment } = divideRoom(style);
  const bar = barWidth === 0 ? "" : `${drawBar(at, full, style, barWidth)} `;
  return `${head}${bar}${words}${hasMoment ? `${padding}${moment}` : ""}`;
}

const wordsWidth = 11;
const momentWidth = "until 2026-01-01 00:00".length;

/** What has room beside the label: a bar as long as possible, on a terminal, and the moment before the bar. */
function divideRoom({ isTerminal, columns }: Style): { barWidth: number; hasMoment: boolean } {
  if (!isTerminal) return { barWidth: 0, hasMoment: true };
  const room = columns - labelWidth - 2 - wordsWidth;
  const [withMoment, alone] = [room - momentWidth, room].map((left) => barWidths.find((width) => width + 1 <= left));
  return withMoment === undefined
    ? { barWidth: alone ?? 0, hasMoment: false }
    : { barWidth: withMoment, hasMoment: true };
}

function formatLastRefresh({ lastRefresh, connectedAt }: ConnectionReport, style: Style): string {
  const head = style.dim("last refresh".padEnd(labelWidth));
  const at = parseInstant(lastRefresh?.at ?? connectedAt);
  const ago = at === undefined ? "" : formatAgo(secondsUntil(style.now, at));
  if (!lastRefresh) return `${head}never; connected ${ago}`;
  if (lastRefresh.outcome === "ok") return `${head}${ago}`;
  const outcomes: Record<string, string> = {
    rejected: "rejected by Intuit",
    unconfirmed: "its answer was lost",
    unreachable: "Intuit could not be reached",
  };
  return `${head}${ago}: ${style.red(outcomes[lastRefresh.outcome] ?? lastRefresh.outcome)}`;
}

function formatAgo(seconds: number): string {
  return seconds < 60 ? "just now" : `${formatDuration(seconds)} ago`;
}
