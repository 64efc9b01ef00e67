import { day, parseInstant, type Instant } from "../../core/instant.ts";
import type { ConnectionReport } from "../connections/connection-report.ts";
import { formatDate } from "./dates.ts";

const week = 7 * day;

interface Chart {
  id: string;
  title: string;
  /** What one of them is, for the words under a bar. */
  thing: string;
  step: number;
  steps: number;
  label(this: void, start: Instant): string;
  read(this: void, report: ConnectionReport): string | null;
}

const charts: readonly Chart[] = [
  {
    id: "refresh",
    title: "Refresh tokens that end, by week",
    thing: "refresh token",
    step: week,
    steps: 15,
    label: (start) => formatDate(start).slice(5),
    read: ({ refreshToken }) => refreshToken?.expiresAt ?? null,
  },
  {
    id: "consent",
    title: "Consents that end (five years), by quarter",
    thing: "consent",
    step: 91.3125 * day,
    steps: 20,
    label: (start) => formatDate(start).slice(0, 7),
    read: ({ refreshToken }) => refreshToken?.hardExpiresAt ?? null,
  },
];

/** What ends when, as drawings: a bar for each span of time. What ended already, and what ends later, is told in words. */
export function renderTimeline(reports: readonly ConnectionReport[], now: Instant): string {
  const alive = reports.filter(({ state }) => state !== "disconnected" && state !== "reconnect");
  if (alive.length === 0) return "";
  const drawings = charts.map((chart) => renderChart(chart, alive, now)).join("\n");
  return `<section class="charts" aria-label="What ends when">\n${drawings}\n</section>`;
}

const size = { width: 640, height: 200, left: 8, right: 8, top: 24, bottom: 44 };

function renderChart(chart: Chart, reports: readonly ConnectionReport[], now: Instant): string {
  const ends = reports.map((report) => parseInstant(chart.read(report) ?? "")).filter((end) => end !== undefined);
  const counts = Array.from({ length: chart.steps }, () => 0);
  for (const end of ends) {
    const index = Math.floor((end - now) / chart.step);
    if (counts[index] !== undefined) counts[index] += 1;
  }
  const inside = counts.reduce((sum, count) => sum + count, 0);
  const [later, unknown] = [ends.length - inside, reports.length - ends.length];
  const rest = [later > 0 ? `${later} later` : "", unknown > 0 ? `${unknown} unknown` : ""].filter(Boolean).join(", ");
  const bars = counts
    .map((count, index) => renderBar(chart, { count, index, most: Math.max(1, ...counts) }, now))
    .join("\n");
  const base = size.height - size.bottom;
  return `<figure>
<figcaption id="chart-${chart.id}">${chart.title}${rest === "" ? "" : ` <span class="soft">(${rest})</span>`}</figcaption>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="chart-${chart.id}">
<line class="axis" x1="${size.left}" x2="${size.width - size.right}" y1="${base}" y2="${base}"/>
${bars}
</svg>
</figure>`;
}

interface Bar {
  count: number;
  index: number;
  most: number;
}

function renderBar({ step, steps, thing, label }: Chart, { count, index, most }: Bar, now: Instant): string {
  const slot = (size.width - size.left - size.right) / steps;
  const base = size.height - size.bottom;
  const height = count === 0 ? 0 : Math.max(3, (count / most) * (base - size.top));
  const x = size.left + index * slot;
  const middle = round(x + slot / 2);
  const start = now + index * step;
  const isLabelled = index % Math.ceil(steps / 8) === 0;
  const words = `${count} ${thing}${count === 1 ? " ends" : "s end"} from ${formatDate(start)} to ${formatDate(start + step)}`;
  const parts = [
    isLabelled ? `<text class="tick" x="${middle}" y="${base + 22}">${label(start)}</text>` : "",
    count === 0
      ? ""
      : `<rect class="bar${index < 2 && step === week ? " soon" : ""}" x="${round(x + slot * 0.14)}" y="${round(base - height)}" width="${round(slot * 0.72)}" height="${round(height)}" rx="3"><title>${words}</title></rect>` +
        `<text class="count" x="${middle}" y="${round(base - height - 6)}">${count}</text>`,
  ];
  return parts.join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
