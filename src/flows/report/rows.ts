import { escapeHtml } from "../../core/html.ts";
import type { Instant } from "../../core/instant.ts";
import { makePrintable } from "../../core/printable.ts";
import type { ConnectionReport } from "../connections/connection-report.ts";
import { renderMoment } from "./dates.ts";

interface SortKey {
  key: string;
  label: string;
  /** Sorted by this text, in the order of its characters. */
  read(this: void, report: ConnectionReport): string;
}

/** After everything else: what is unknown. */
const last = "\uffff";

/** The orders to choose from; the first is that of the rows themselves. */
const sortKeys: readonly SortKey[] = [
  { key: "urgency", label: "most urgent first", read: () => "" },
  { key: "name", label: "name", read: ({ name }) => name },
  { key: "company", label: "company", read: ({ companyName }) => companyName?.toLowerCase() ?? last },
  { key: "refresh", label: "refresh token", read: ({ refreshToken }) => refreshToken?.expiresAt ?? last },
  { key: "consent", label: "consent", read: ({ refreshToken }) => refreshToken?.hardExpiresAt ?? last },
];

/** The orders that a reader of the page can choose, the one of the rows themselves first. */
export function listSortKeys(): readonly Pick<SortKey, "key" | "label">[] {
  return sortKeys;
}

/** For every order but the first: a place for each row, and a rule that puts the rows there when the order is chosen. */
export function renderSortRules(reports: readonly ConnectionReport[]): string {
  const chosen = sortKeys.slice(1);
  const places = chosen.map(({ read }) => rank(reports.map(read)));
  const rows = reports.map(
    (_report, index) =>
      `#r${index}{${chosen.map(({ key }, nth) => `--${key}:${places[nth]?.[index] ?? 0}`).join(";")}}`,
  );
  const rules = chosen.map(({ key }) => `body:has(#sort-${key}:checked) tbody tr{order:var(--${key})}`);
  return [...rules, ...rows].join("\n");
}

/** The place of each text among all. */
function rank(texts: readonly string[]): number[] {
  const ranks: number[] = [];
  const sorted = texts
    .map((text, index) => ({ text, index }))
    .toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  for (const [place, { index }] of sorted.entries()) ranks[index] = place;
  return ranks;
}

/** The table; each row carries its state as its class. Roles are spelled out, because the rows are laid out as a grid. */
export function renderRows(reports: readonly ConnectionReport[], now: Instant): string {
  const titles = ["Connection", "State", "Refresh token", "Consent", "Last refresh", "Next"];
  const head = titles.map((title) => `<th role="columnheader" scope="col">${title}</th>`).join("");
  const rows = reports.map((report, index) => renderRow(report, index, now)).join("\n");
  return `<table role="table"><thead role="rowgroup"><tr role="row">${head}</tr></thead>
<tbody role="rowgroup">
${rows}
</tbody></table>`;
}

function renderRow(report: ConnectionReport, index: number, now: Instant): string {
  const { name, companyName, realmId, environment, app, state, refreshToken, nextAction } = report;
  const isAlive = state !== "disconnected" && refreshToken !== null;
  const where = environment === app ? environment : `${environment}, app ${app}`;
  const cells = [
    `<b>${show(name)}</b><bdi>${show(companyName ?? "name unknown")}</bdi><span class="soft">${show(realmId)} · ${show(where)}</span>`,
    `<span class="badge ${state}">${state}</span>`,
    isAlive ? renderMoment(refreshToken.expiresAt, now) : "–",
    isAlive ? renderMoment(refreshToken.hardExpiresAt, now) : "–",
    renderLastRefresh(report, now),
    nextAction === null ? "–" : `<code>${show(nextAction)}</code>`,
  ];
  const labels = ["", "State", "Refresh token", "Consent", "Last refresh", "Next"];
  const inner = cells.map((cell, nth) =>
    nth === 0
      ? `<th role="rowheader" scope="row">${cell}</th>`
      : `<td role="cell" data-label="${labels[nth] ?? ""}">${cell}</td>`,
  );
  return `<tr role="row" id="r${index}" class="${state}">${inner.join("")}</tr>`;
}

function renderLastRefresh({ lastRefresh }: ConnectionReport, now: Instant): string {
  if (!lastRefresh) return `<span class="soft">never</span>`;
  const moment = renderMoment(lastRefresh.at, now);
  return lastRefresh.outcome === "ok" ? moment : `${moment} <em>${show(lastRefresh.outcome)}</em>`;
}

function show(text: string): string {
  return escapeHtml(makePrintable(text, 120));
}
