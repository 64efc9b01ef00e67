import { formatDuration } from "../../core/duration.ts";
import { day, formatMoment, hour, parseInstant, second, secondsUntil, type Instant } from "../../core/instant.ts";
import type { ConnectionReport } from "../../flows/connection-report.ts";
import type { Style } from "./command.ts";

/** Lifetimes that a full bar stands for: those that Intuit grants. */
const fullLife = { access: hour, refresh: 101 * day, consent: 5 * 365.25 * day };

const bars = [20, 8] as const;

/** When each token of a connection expires and when it was last refreshed: the end of every answer about a connection. */
export function describeTokenLife(report: ConnectionReport, style: Style): string[] {
  const { accessToken, refreshToken } = report;
  if (!refreshToken) return [];
  if (isUseless(report, style.now))
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
  const isConsentFirst = findFirstEnd(report, style.now).what === "consent";
  const remark = isConsentFirst ? [style.dim("the consent ends first: only a new sign-in prolongs it")] : [];
  return [...rows.map((row) => formatRow(row, style)), ...remark, formatLastRefresh(report, style)];
}

/** Whether the tokens' expiries mean nothing: Intuit would not take them, although they have not expired. */
export function isUseless({ state, refreshToken }: ConnectionReport, now: Instant): boolean {
  if (state === "disconnected" || !refreshToken) return true;
  // Of thousands few are so: only of those the times are read.
  if (state !== "reconnect") return false;
  return ![refreshToken.expiresAt, refreshToken.hardExpiresAt].some((end) => hasPassed(end, now));
}

/** What ends first of a connection, which a person must know: `expiresIn` in seconds, null when unknown. */
export interface FirstEnd {
  what: "refresh token" | "consent";
  expiresIn: number | null;
}

/**
 * Whether the refresh token or the consent behind it ends first. An unknown expiry of a refresh token is taken to be as late as Intuit
 * makes any. The two times are compared as text, which takes no time where there are thousands.
 */
export function findFirstEnd({ refreshToken }: ConnectionReport, now: Instant): FirstEnd {
  const { expiresAt = null, expiresIn = null, hardExpiresAt = null } = refreshToken ?? {};
  const token: FirstEnd = { what: "refresh token", expiresIn };
  if (hardExpiresAt === null || (expiresAt !== null && expiresAt <= hardExpiresAt)) return token;
  const left = secondsUntil(parseInstant(hardExpiresAt) ?? Infinity, now);
  return expiresIn === null && left * second > fullLife.refresh ? token : { what: "consent", expiresIn: left };
}

function hasPassed(time: string | null, now: Instant): boolean {
  const at = time === null ? undefined : parseInstant(time);
  return at !== undefined && at <= now;
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
  const [withMoment, alone] = [room - momentWidth, room].map((left) => bars.find((width) => width + 1 <= left));
  return withMoment === undefined
    ? { barWidth: alone ?? 0, hasMoment: false }
    : { barWidth: withMoment, hasMoment: true };
}

/** Draws the remaining life of refresh tokens, blank where that is not known. Each picture is drawn once, however many look the same. */
export function createRefreshBars(style: Style, width: number): (report: ConnectionReport) => string {
  const drawn = new Map<number, string>();
  return (report) => {
    const { expiresIn } = findFirstEnd(report, style.now);
    if (expiresIn === null || isUseless(report, style.now)) return " ".repeat(width);
    const days = Math.floor((expiresIn * second) / day);
    const bar = drawn.get(days) ?? drawBar(style.now + expiresIn * second, fullLife.refresh, style, width);
    drawn.set(days, bar);
    return bar;
  };
}

/** A bar of remaining life: green while there is plenty, yellow below a quarter, red at the end. */
function drawBar(end: Instant, full: number, style: Style, width: number): string {
  const share = Math.min(1, Math.max(0, (end - style.now) / full));
  const filled = share === 0 ? 0 : Math.max(1, Math.round(share * width));
  const paint = share > 0.25 ? style.green : share > 0.1 ? style.yellow : style.red;
  return `${paint("━".repeat(filled))}${style.dim("─".repeat(width - filled))}`;
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
