import { formatDuration } from "../../core/duration.ts";
import { day, secondsUntil, type Instant } from "../../core/instant.ts";
import { connectionStates, knowTimes } from "../../flows/connections/connection-report.ts";
import type { StatusEntry } from "../../flows/connections/status.ts";
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
import { drawBar, fullLife } from "./life-bar.ts";
import { findFirstEnd, isUseless, type TokenEnds } from "./token-ends.ts";

export const groupings = ["environment", "app", "state", "store"] as const;
export type Grouping = (typeof groupings)[number];

/** A connection, as far as one line tells. */
type Row = Omit<StatusEntry, "report">;

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
export function describeTable(entries: readonly Row[], style: Style, groupBy?: Grouping): string[] {
  const columns = layOut(entries, style);
  const paints = Object.fromEntries(connectionStates.map((state) => [state, paintState(state, style)]));
  const paintBar = createBars(style);
  const write = (row: number) => {
    const entry = entries[row];
    return writeRow(columns, row, (text, key) => {
      if (entry === undefined || text === "") return text;
      if (key === "state") return paints[entry.state]?.(text) ?? text;
      return key === "bar" ? paintBar(entry) : text;
    });
  };
  const head = writeRow(columns, undefined, (text) => style.dim(text));
  const groups = groupBy === undefined ? [] : groupRows(entries, groupBy);
  const body =
    groupBy === undefined
      ? entries.map((_, row) => write(row))
      : groups.flatMap(({ title, rows }) => {
          const counts = countStates(rows.flatMap((row) => entries[row] ?? []));
          return ["", `${style.bold(title)}  ${style.dim(counts)}`, ...rows.map(write)];
        });
  return [head, ...body, "", summarize(entries), ...listOthers(entries)];
}

/** Connections that still belong to another client than their app has by now. */
function listOthers(entries: readonly Row[]): string[] {
  const names = entries.filter(({ configuredClientId }) => configuredClientId !== null).map(({ facts }) => facts.name);
  if (names.length === 0) return [];
  const shown = names.length > 10 ? `${names.slice(0, 10).join(", ")} and ${names.length - 10} more` : names.join(", ");
  return [`Made by another client than their app has now (to move one: qbo login <name>): ${shown}`];
}

function layOut(entries: readonly Row[], style: Style): Column[] {
  const { now } = style;
  const column = (key: string, title: string, read: (entry: Row) => string) =>
    createColumn(key, title, entries.map(read));
  const columns = [
    { ...column("name", "NAME", ({ facts }) => facts.name), isCutInside: true },
    column("state", "STATE", ({ state }) => state),
    column("access", "ACCESS", (entry) => formatAccess(entry, now)),
    column("refresh", "REFRESH", (entry) => formatEnd(entry, now)),
    column("bar", "", () => " ".repeat(barWidth)),
    column("environment", "ENVIRONMENT", ({ facts }) => facts.environment),
    column("company", "COMPANY", ({ facts }) => facts.companyName ?? facts.realmId),
    column("next", "NEXT", ({ nextAction }) => nextAction ?? ""),
  ];
  const hasNext = entries.some(({ nextAction }) => nextAction !== null);
  const useful = columns.filter(({ key }) => (key === "next" ? hasNext : key !== "bar" || style.isTerminal));
  // A program, or a file, takes lines of any length, and wants whole names.
  if (!style.isTerminal) return useful;
  // An environment that is the same everywhere tells the least.
  return fitColumns(useful, style.columns, findOnly(entries) === undefined ? steps : [drop("environment"), ...steps]);
}

function findOnly(entries: readonly Row[]): string | undefined {
  const first = entries[0]?.facts.environment;
  return entries.every(({ facts }) => facts.environment === first) ? first : undefined;
}

function readEnds({ state, facts }: Row, now: Instant): TokenEnds {
  const tokens = knowTimes(facts.tokens, now);
  return { state, refreshToken: tokens.refreshTokenExpiresAt, consent: tokens.hardExpiresAt };
}

function formatAccess(entry: Row, now: Instant): string {
  return isUseless(readEnds(entry, now), now)
    ? "-"
    : formatLeft(knowTimes(entry.facts.tokens, now).accessTokenExpiresAt, now);
}

/** How long it lasts without a person: the refresh token or, where that ends sooner, the consent. */
function formatEnd(entry: Row, now: Instant): string {
  const ends = readEnds(entry, now);
  if (isUseless(ends, now)) return "-";
  const { what, at } = findFirstEnd(ends, now);
  return what === "consent" ? `consent ${formatLeft(at, now)}` : formatLeft(at, now);
}

function formatLeft(end: Instant | null, now: Instant): string {
  if (end === null) return "-";
  const seconds = secondsUntil(end, now);
  return seconds === 0 ? "expired" : formatDuration(seconds);
}

/** Draws how much is left, blank where that is not known. Each picture is drawn once, however many look the same. */
function createBars(style: Style): (entry: Row) => string {
  const drawn = new Map<number, string>();
  return (entry) => {
    const ends = readEnds(entry, style.now);
    const { at } = findFirstEnd(ends, style.now);
    if (at === null || isUseless(ends, style.now)) return " ".repeat(barWidth);
    const days = Math.floor((at - style.now) / day);
    const bar = drawn.get(days) ?? drawBar(at, fullLife.refresh, style, barWidth);
    drawn.set(days, bar);
    return bar;
  };
}

/** Groups in the order of their names, but states in the order of urgency, as the entries come. */
function groupRows(entries: readonly Row[], by: Grouping): { title: string; rows: number[] }[] {
  const groups = new Map<string, number[]>();
  for (const [row, { facts, state }] of entries.entries()) {
    const title = by === "state" ? state : facts[by];
    const rows = groups.get(title);
    if (rows) rows.push(row);
    else groups.set(title, [row]);
  }
  const found = [...groups].map(([title, rows]) => ({ title, rows }));
  return by === "state" ? found : found.toSorted((a, b) => (a.title < b.title ? -1 : 1));
}

/** How many connections are in each state. */
function countStates(entries: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const { state } of entries) counts.set(state, (counts.get(state) ?? 0) + 1);
  return connectionStates.flatMap((state) => (counts.has(state) ? [`${counts.get(state)} ${state}`] : [])).join(", ");
}

function summarize(entries: readonly Row[]): string {
  const environment = findOnly(entries);
  const where = environment === undefined ? "" : ` (${environment})`;
  return `${entries.length} connection${entries.length === 1 ? "" : "s"}${where}: ${countStates(entries)}`;
}
