import { escapeHtml, hashSource } from "../../core/html.ts";
import { formatInstant, type Instant } from "../../core/instant.ts";
import { connectionStates, type ConnectionReport, type ConnectionState } from "../connections/connection-report.ts";
import { formatDate } from "./dates.ts";
import { listSortKeys, renderRows, renderSortRules } from "./rows.ts";
import { script } from "./script.ts";
import { style } from "./style.ts";
import { renderTimeline } from "./timeline.ts";

export interface ReportSetting {
  now: Instant;
  /** Version of this program. */
  version: string;
}

/** How each state is told to somebody who does not know the words. */
const meanings: Readonly<Record<ConnectionState, string>> = {
  reconnect: "a person must sign in again",
  expiring: "ends within 14 days",
  stale: "the next use refreshes it",
  ready: "works at once",
  disconnected: "revoked; settings kept",
};

/** The states, those first that need somebody. */
const order: readonly ConnectionState[] = ["reconnect", "expiring", "stale", "ready", "disconnected"];

/**
 * The health of all connections as one HTML file that needs nothing else: no script to be read, no network, no font. Filters and order work by
 * style alone; a script adds the search. Every text in it is inert, whatever it contains.
 */
export function renderReport(reports: readonly ConnectionReport[], { now, version }: ReportSetting): string {
  const css = `${style}\n${renderStateRules()}\n${renderSortRules(reports)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src '${hashSource(css)}'; script-src '${hashSource(script)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>QuickBooks connections, ${formatDate(now)}</title>
<style>${css}</style>
</head>
<body>
<header>
<p class="brand">&gt;_ qbo</p>
<h1>QuickBooks connections</h1>
<p class="soft">As known on <time datetime="${formatInstant(now)}">${formatInstant(now)
    .replace("T", " ")
    .replace(/(:\d\d)(\.\d+)?Z$/, "$1 UTC")}</time>, without asking Intuit.</p>
</header>
<main>
<section aria-label="How many in which state">${renderTiles(reports)}</section>
${renderTimeline(reports, now)}
${reports.length === 0 ? `<p class="empty">No connection is known.</p>` : renderTable(reports, now)}
</main>
<footer>Written by qbo ${escapeHtml(version)}, which is not made or endorsed by Intuit. Times are UTC.</footer>
<script>${script}</script>
</body>
</html>
`;
}

function renderTiles(reports: readonly ConnectionReport[]): string {
  const tile = (kind: string, total: number, title: string, meaning: string) =>
    `<div class="tile ${kind}${total === 0 ? " none" : ""}"><dt><span class="badge ${kind}">${title}</span></dt>` +
    `<dd><strong>${total}</strong><span class="soft">${meaning}</span></dd></div>`;
  const tiles = order.map((state) => tile(state, countState(reports, state), state, meanings[state]));
  return `<dl class="tiles">${tile("all", reports.length, "connections", "in all")}${tiles.join("")}</dl>`;
}

function countState(reports: readonly ConnectionReport[], state: ConnectionState): number {
  return reports.filter((report) => report.state === state).length;
}

function renderTable(reports: readonly ConnectionReport[], now: Instant): string {
  const states = order.filter((state) => countState(reports, state) > 0);
  const radio = (group: string, value: string, label: string, isFirst: boolean) =>
    `<label><input type="radio" name="${group}" id="${group}-${value}"${isFirst ? " checked" : ""}>${label}</label>`;
  return `<section aria-labelledby="all-title">
<h2 id="all-title">Connections</h2>
<div class="tools">
<fieldset><legend>Show</legend>${[
    radio("show", "all", `all <b>${reports.length}</b>`, true),
    ...states.map((state) => radio("show", state, `${state} <b>${countState(reports, state)}</b>`, false)),
  ].join("")}</fieldset>
<fieldset><legend>Order</legend>${listSortKeys()
    .map(({ key, label }, index) => radio("sort", key, label, index === 0))
    .join("")}</fieldset>
<label class="search" hidden><span>Search</span><input type="search" autocomplete="off" spellcheck="false"></label>
</div>
<p class="soft found" role="status"></p>
${renderRows(reports, now)}
</section>`;
}

/** What the filters hide: one rule for each state. */
function renderStateRules(): string {
  return connectionStates
    .map((state) => `body:has(#show-${state}:checked) tbody tr:not(.${state}){display:none}`)
    .join("\n");
}
